{#
    stability_term(share_count, total, previous_share_count, previous_total) -> decimal(18, 12): what one
    category adds to the population stability index, (p - q) * ln(p / q), p its share now, q before
    All four: SQL of numbers of rows, in the category and in all categories, now and before.
    Shares are unrounded and floored at 0.0001. The logarithm is a double, rounded to twelve decimals
    here, so that the sum does not depend on the order of its terms; engines may still differ in the
    last decimal where a term lies within 1e-15 of a tie.
#}
{% macro stability_term(share_count, total, previous_share_count, previous_total) -%}
    {%- set p = "greatest(cast(" ~ share_count ~ " as double) / nullif(cast(" ~ total ~ " as double), 0), 0.0001e0)" -%}
    {%- set q = "greatest(cast(" ~ previous_share_count ~ " as double) / nullif(cast(" ~ previous_total ~ " as double), 0), 0.0001e0)" -%}
    cast(round(({{ p }} - {{ q }}) * ln({{ p }} / {{ q }}), 12) as decimal(18, 12))
{%- endmacro %}

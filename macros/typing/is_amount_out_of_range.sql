{#
    is_amount_out_of_range(x) -> boolean: an amount by its form that decimal(18,2) cannot hold, or one of
    the texts NaN and infinity in any case
#}
{% macro is_amount_out_of_range(x) -%}
    (
        {{ regexp_matched("lower(" ~ x ~ ")", '^[+-]?(nan|inf|infinity)$') }}
        or ({{ amount_text(x) }} is not null and {{ try_amount(x) }} is null)
    )
{%- endmacro %}

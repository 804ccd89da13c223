{#
    never_null: no row holds a null in one of the columns. One test and one scan per table; the columns
    of its grain are covered by the test of that name.
#}
{% test never_null(model, columns) %}
select *
from {{ model }}
where
    {%- for column in columns %}
    {{ 'or ' if not loop.first }}{{ column }} is null
    {%- endfor %}
{% endtest %}

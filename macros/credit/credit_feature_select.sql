{#
    credit_feature_select() -> select list: every column of `credit_feature_columns`, cast to its type
    One list for the table and the training set, so that a model sees the same types in both.
#}
{% macro credit_feature_select() -%}
    {%- for feature in credit_feature_columns() %}
    cast({{ feature.sql }} as {{ dbt.type_string() if feature.type == 'string' else feature.type }}) as {{ feature.name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

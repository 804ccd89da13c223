{#
    held_loads(until) -> subquery with the column load_key, or none: the loads that an incremental model reflects
    For gates before it. None while dbt parses, and in a full refresh: what is built anew holds nothing yet.
#}
{% macro held_loads(until) -%}
    {%- if not execute or flags.FULL_REFRESH -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return("(select load_key from " ~ reflected_load_relation(model_node(until).schema) ~ " where model_name = '" ~ until ~ "')") }}
{%- endmacro %}

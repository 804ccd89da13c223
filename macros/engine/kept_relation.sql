{#
    kept_relation(name) -> relation of the table that holds a kept CTE of the model while it is built
#}
{% macro kept_relation(name) -%}
    {%- set relation = this.incorporate(type='table', path={'identifier': this.identifier ~ '__' ~ name}) -%}
    {{ return(glue__make_target_relation(relation, 'iceberg') if target.type == 'glue' else relation) }}
{%- endmacro %}

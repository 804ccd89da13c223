{#
    shaping_variables(node) -> text such as `commerce_gmv_date=release_date;commerce_value_rule=line_total`
    The values of the variables that give a model's rows their meaning (`config.meta.shaped_by`), in the
    order of their names; lists are sorted, so that their order means nothing; a mapping is named by the
    hash of its JSON. Likewise what a record table's feed declares as its operation. Empty for most models.
#}
{% macro shaping_variables(node) -%}
    {%- set parts = [] -%}
    {%- set operation = declared_operation(node.fqn[1], node.config.meta.entity) if node.config.meta.get('entity') else none -%}
    {%- if operation is not none -%}
        {%- do parts.append('operation=' ~ local_md5(tojson(operation, none, true))) -%}
    {%- endif -%}
    {%- for name in (node.config.meta.get('shaped_by', []) | sort) -%}
        {%- set value = var(name) -%}
        {%- if value is mapping -%}
            {%- set value = local_md5(tojson(value, none, true)) -%}
        {%- elif value is sequence and value is not string -%}
            {%- set value = value | map('string') | sort | join(',') -%}
        {%- endif -%}
        {%- do parts.append(name ~ '=' ~ value) -%}
    {%- endfor -%}
    {{ return(parts | join(';')) }}
{%- endmacro %}

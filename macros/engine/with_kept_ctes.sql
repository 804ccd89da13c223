{#
    with_kept_ctes(sql) -> the select, which reads tables where it read the CTEs that it marks

        name as /* kept name */ (
            ...
        ) /* end name */

    DuckDB works a CTE out once and needs no mark. Athena and Spark work it out again at every place that names it,
    and those places multiply from step to step: an increment of purchases planned 65 scans, and read its
    new files eleven times. Here each marked CTE is worked out once, in the order of the text, and kept
    until `drop_kept_ctes`; what a killed run left is replaced.
#}
{% macro with_kept_ctes(sql) -%}
    {%- set reading = namespace(sql=sql) -%}
    {%- for name in kept_ctes(sql) -%}
        {%- set before, rest = reading.sql.split('/* kept ' ~ name ~ ' */') -%}
        {%- set body, after = rest.split('/* end ' ~ name ~ ' */') -%}
        {%- do keep_cte(name, before ~ body ~ 'select * from ' ~ name) -%}
        {%- set reading.sql = before ~ '(select * from ' ~ kept_relation(name) ~ ')' ~ after -%}
    {%- endfor -%}
    {{ return(reading.sql) }}
{%- endmacro %}

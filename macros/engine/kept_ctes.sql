{#
    kept_ctes(sql) -> list of the CTEs that a select marks to be kept (`with_kept_ctes`)
#}
{% macro kept_ctes(sql) -%}
    {{ return(modules.re.findall('/\\* kept (\\w+) \\*/', sql)) }}
{%- endmacro %}

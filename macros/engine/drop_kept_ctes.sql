{#
    drop_kept_ctes()
    Post-hook of models that keep CTEs (`with_kept_ctes`): once the table is built they are of no use.
#}
{% macro drop_kept_ctes() -%}
    {%- if execute -%}
        {%- for name in kept_ctes(sql) -%}
            {%- do drop_kept_cte(name) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#
    duckdb__get_table_columns_and_constraints() -> the columns of a contract, with `not null` where declared
    A primary key is declared for catalogues and other tools, and left out here: DuckDB keeps an index for it, which
    makes a file 12 times as large and a build 6 times as long. The test `grain` proves keys, on every engine.
#}
{% macro duckdb__get_table_columns_and_constraints() -%}
    ({{ adapter.render_raw_columns_constraints(raw_columns=model['columns']) | join(', ') }})
{%- endmacro %}

{#
    compact_statements(relation) -> list of statements that make a table quick to read again
    Merge-on-read leaves a small file and a list of deleted rows per merge; they are folded into the
    data files. Athena also drops snapshots and files older than the table's age for them (five days).
    Spark keeps the lists when it rewrites data files, so those are rewritten after that, and none is left.
    On Glue snapshots stay: Iceberg 1.10.0 cannot expire those of a table that lost a partition column.
    DuckDB keeps its file in order itself: none.
#}
{% macro compact_statements(relation) -%}
    {{ return(adapter.dispatch('compact_statements', 'lakehouse')(relation)) }}
{%- endmacro %}

{% macro default__compact_statements(relation) -%}
    {{ unknown_engine('compact_statements') }}
{%- endmacro %}

{% macro duckdb__compact_statements(relation) -%}
    {{ return([]) }}
{%- endmacro %}

{% macro athena__compact_statements(relation) -%}
    {{ return([
        'optimize ' ~ relation.render_pure() ~ ' rewrite data using bin_pack',
        'vacuum ' ~ relation.render_pure(),
    ]) }}
{%- endmacro %}

{% macro glue__compact_statements(relation) -%}
    {%- set table = relation.schema ~ '.' ~ relation.identifier -%}
    {{ return([
        "call glue_catalog.system.rewrite_data_files(table => '" ~ table ~ "', options => map('delete-file-threshold', '1'))",
        "call glue_catalog.system.rewrite_position_delete_files(table => '" ~ table ~ "', options => map('rewrite-all', 'true'))",
        "call glue_catalog.system.rewrite_manifests(table => '" ~ table ~ "')",
    ]) }}
{%- endmacro %}

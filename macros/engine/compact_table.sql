{#
    compact_table(relation) -> nothing: makes a table quick to read again
    Merge-on-read leaves a small file and a list of deleted rows per merge; they are folded into the
    data files. Athena does 100 partitions at a time and says when there are more; it also drops snapshots, and files
    that none of them names, after LAKEHOUSE_SNAPSHOT_DAYS, seven where nothing is set.
    Spark keeps the lists when it rewrites data files, so those are rewritten after that, and none is left.
    On Glue snapshots stay: Iceberg 1.10.0 cannot expire those of a table that lost a partition column.
    DuckDB keeps its file in order itself.
#}
{% macro compact_table(relation) -%}
    {{ adapter.dispatch('compact_table', 'lakehouse')(relation) }}
{%- endmacro %}

{% macro default__compact_table(relation) -%}
    {{ unknown_engine('compact_table') }}
{%- endmacro %}

{% macro duckdb__compact_table(relation) -%}
{%- endmacro %}

{% macro athena__compact_table(relation) -%}
    {%- set table = relation.render_pure() -%}
    {%- do adapter.run_operation_with_potential_multiple_runs('optimize ' ~ table ~ ' rewrite data using bin_pack', 'optimize') -%}
    {%- set seconds = env_var('LAKEHOUSE_SNAPSHOT_DAYS', '7') | int * 86400 -%}
    {%- do run_statement("alter table " ~ relation.render_hive() ~ " set tblproperties ('vacuum_max_snapshot_age_seconds' = '" ~ seconds ~ "')") -%}
    {%- do adapter.run_operation_with_potential_multiple_runs('vacuum ' ~ table, 'vacuum') -%}
{%- endmacro %}

{% macro glue__compact_table(relation) -%}
    {%- set table = relation.schema ~ '.' ~ relation.identifier -%}
    {%- do run_statement("call glue_catalog.system.rewrite_data_files(table => '" ~ table ~ "', options => map('delete-file-threshold', '1'))") -%}
    {%- do run_statement("call glue_catalog.system.rewrite_position_delete_files(table => '" ~ table ~ "', options => map('rewrite-all', 'true'))") -%}
    {%- do run_statement("call glue_catalog.system.rewrite_manifests(table => '" ~ table ~ "')") -%}
{%- endmacro %}

{#
    glue__drop_relation(relation) -> drops a relation on Glue; nothing is returned
    Iceberg's catalogue in Spark has no views, so a view that Athena left under the name of a table is for it
    neither there to be dropped nor a table to be replaced. The catalogue itself drops it.
#}
{% macro glue__drop_relation(relation) -%}
    {%- if relation.is_view and relation | string != relation.identifier -%}
        {%- set database = relation.schema.split('.')[-1] -%}
        {#- The adapter reads an answer of SQL from whatever it sends. -#}
        {%- set lines = [
            "import boto3",
            "catalogue = boto3.client('glue', region_name='" ~ target.region ~ "')",
            "try:",
            "    catalogue.delete_table(DatabaseName='" ~ database ~ "', Name='" ~ relation.identifier ~ "')",
            "except catalogue.exceptions.EntityNotFoundException:",
            "    pass",
            "SqlWrapper2.execute('select 1')",
        ] -%}
        {%- do adapter.execute_pyspark(lines | join('\n')) -%}
    {%- else -%}
        {%- call statement('drop_relation', auto_begin=False) -%}
            {{ get_drop_sql(relation) }}
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}

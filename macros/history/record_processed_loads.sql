{#
    record_processed_loads()
    Post-hook of every incremental model: notes which loads the table now reflects. Written after the
    rows: a crash in between repeats the work, and repeating changes nothing. Marks of loads that are
    not reflected any more are dropped, so that a load which a parent lost in a rebuild is new again
    when it comes back. On DuckDB rows and marks are one transaction.
#}
{% macro record_processed_loads() -%}
    {%- if execute and model.config.materialized == 'incremental' -%}
        {%- set processed = processed_load_relation(this.schema) -%}
        {%- do run_statement("
            insert into " ~ processed ~ " (model_name, entity, load_id, ingest_date, shaped_by)
            select '" ~ this.identifier ~ "', new_load.entity, new_load.load_id, new_load.ingest_date, '" ~ shaping_variables(model) ~ "'
            from " ~ new_loads() ~ " as new_load
        ") -%}
        {%- if model.config.meta.get('reflects') -%}
            {%- do run_statement("
                delete from " ~ processed ~ "
                where model_name = '" ~ this.identifier ~ "'
                    and entity || '|' || load_id || '|' || ingest_date not in (
                        select entity || '|' || load_id || '|' || ingest_date
                        from (" ~ reflected_loads() ~ ") as reflected
                    )
            ") -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

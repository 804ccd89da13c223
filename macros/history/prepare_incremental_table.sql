{#
    prepare_incremental_table()
    Pre-hook of every incremental model. A rebuild forgets what the table reflected, before the rebuild:
    if it dies half-way, the next run finds everything new instead of missing a load.
    *Raises* in an incremental run with other shaping variables than the table was built with, or with
    the variable `as_of_date` (a cut that would leave the table behind for good).
#}
{% macro prepare_incremental_table() -%}
    {%- if execute and model.config.materialized == 'incremental' -%}
        {%- set processed = processed_load_relation(this.schema) -%}
        {%- if not is_incremental() -%}
            {%- do run_query("delete from " ~ processed ~ " where model_name = '" ~ this.identifier ~ "'") -%}
        {%- else -%}
            {%- if var('as_of_date', none) is not none -%}
                {{ exceptions.raise_compiler_error("The variable 'as_of_date' cuts knowledge and cannot be used in an incremental run of '" ~ this.identifier ~ "'. Use --full-refresh into a database of its own, or the macro gmv_as_of.") }}
            {%- endif -%}
            {%- set other = run_query("select min(shaped_by) from " ~ processed ~ " where model_name = '" ~ this.identifier ~ "' and shaped_by <> '" ~ shaping_variables() ~ "'").columns[0].values()[0] -%}
            {%- if other is not none -%}
                {{ exceptions.raise_compiler_error("'" ~ this.identifier ~ "' was built with " ~ other ~ ", this run has " ~ shaping_variables() ~ ". Run again with --full-refresh, or with the variables the table was built with.") }}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

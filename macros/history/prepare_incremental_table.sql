{#
    prepare_incremental_table()
    Pre-hook of every incremental model. A rebuild forgets what the table reflected, before the rebuild:
    if it dies half-way, the next run finds everything new instead of missing a load.
    *Raises* if this table (in an incremental run) or a parent was built with other shaping variables
    than the run has; in an incremental run with `as_of_date` (the table may hold later days already, so
    the cut would not hold); and with dbt's flags --empty and --sample, which would note loads as
    reflected without their rows.
#}
{% macro prepare_incremental_table() -%}
    {%- if execute and model.config.materialized == 'incremental' -%}
        {%- if flags.EMPTY or flags.SAMPLE -%}
            {{ exceptions.raise_compiler_error("'" ~ model.name ~ "' records which loads it reflects and cannot be built with --empty or --sample.") }}
        {%- endif -%}
        {%- set reflected = reflected_load_relation(this.schema) -%}
        {%- if is_incremental() -%}
            {%- if var('as_of_date', none) is not none -%}
                {{ exceptions.raise_compiler_error("The variable 'as_of_date' cuts knowledge and cannot be used in an incremental run of '" ~ model.name ~ "'. Use --full-refresh into a database of its own, or the macro gmv_as_of.") }}
            {%- endif -%}
        {%- else -%}
            {%- do run_statement("delete from " ~ reflected ~ " where model_name = '" ~ this.identifier ~ "'") -%}
        {%- endif -%}
        {#- What no variable shapes is not looked up: a statement takes half a second on Glue. A parent that
            this run built has notes of the run before, and was itself refused if they differ. -#}
        {%- set read = [] -%}
        {%- for name in model.config.meta.get('reflects', []) if model_node(name).unique_id not in selected_resources -%}
            {%- do read.append(name) -%}
        {%- endfor -%}
        {%- for name in read + ([model.name] if is_incremental() else []) if model_node(name).config.meta.get('shaped_by') -%}
            {%- set wanted = shaping_variables(model_node(name)) -%}
            {%- set other = run_query("select min(shaped_by) from " ~ reflected ~ " where model_name = '" ~ name ~ "' and shaped_by <> " ~ text_literal(wanted)).columns[0].values()[0] -%}
            {%- if other is not none -%}
                {{ exceptions.raise_compiler_error("'" ~ name ~ "' was built with " ~ other ~ ", this run has " ~ wanted ~ ". Run again with --full-refresh, or with the variables the table was built with.") }}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

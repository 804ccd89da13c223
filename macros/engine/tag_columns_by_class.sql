{#
    tag_columns_by_class() -> nothing: gives each column of a mart its class as a Lake Formation tag
    A post-hook, because Athena makes a table anew under another name and its tags go with the old one. The
    table itself gets `sensitive`: a column that nobody classed stays hidden. Only where the environment
    names the tag's key (LAKEHOUSE_LF_TAG_KEY, from Terraform's governance). Not on Glue: a mart that was made
    there, first or by a full refresh, is hidden from readers until Athena builds it.
#}
{% macro tag_columns_by_class() -%}
    {%- if execute and env_var('LAKEHOUSE_LF_TAG_KEY', '') and model.access == 'public' -%}
        {%- do adapter.dispatch('tag_columns_by_class', 'lakehouse')() -%}
    {%- endif -%}
{%- endmacro %}

{% macro default__tag_columns_by_class() -%}
    {{ unknown_engine('tag_columns_by_class') }}
{%- endmacro %}

{% macro duckdb__tag_columns_by_class() -%}
{%- endmacro %}

{% macro glue__tag_columns_by_class() -%}
{%- endmacro %}

{% macro athena__tag_columns_by_class() -%}
    {%- set key = env_var('LAKEHOUSE_LF_TAG_KEY') -%}
    {%- do adapter.add_lf_tags(this, {
        'enabled': true,
        'tags': {key: 'sensitive'},
        'tags_columns': {key: columns_by_class(model.columns)},
    }) -%}
{%- endmacro %}

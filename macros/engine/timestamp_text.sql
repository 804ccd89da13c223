{#
    timestamp_text(t) -> text `YYYY-MM-DD HH:MM:SS.ffffff`, always 26 characters
    A plain cast drops trailing zeros on some engines, so equal instants would differ as text.
#}
{% macro timestamp_text(t) -%}
    {{ return(adapter.dispatch('timestamp_text', 'lakehouse')(t)) }}
{%- endmacro %}

{% macro default__timestamp_text(t) -%}
    {{ unknown_engine('timestamp_text') }}
{%- endmacro %}

{% macro duckdb__timestamp_text(t) -%}
    strftime({{ t }}, '%Y-%m-%d %H:%M:%S.%f')
{%- endmacro %}

{% macro athena__timestamp_text(t) -%}
    cast(cast({{ t }} as timestamp(6)) as varchar)
{%- endmacro %}

{% macro glue__timestamp_text(t) -%}
    date_format({{ t }}, 'yyyy-MM-dd HH:mm:ss.SSSSSS')
{%- endmacro %}

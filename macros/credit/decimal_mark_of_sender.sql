{#
    decimal_mark_of_sender(sender) -> case expression: '.' or ',', as the sources YAML declares it
    for the sender (SQL of its name); '.' for one it does not know. Read from the graph while compiling,
    without a query, so only while executing.
#}
{% macro decimal_mark_of_sender(sender) -%}
    {%- if not execute -%}
        {{ return("'.'") }}
    {%- endif -%}
    {%- set senders = source_node('credit', 'proposal').config.meta.landing.senders -%}
    case {{ sender }}
        {%- for name, form in senders.items() %}
        when {{ text_literal(name) }} then {{ text_literal(form.get('decimal', '.')) }}
        {%- endfor %}
        else '.'
    end
{%- endmacro %}

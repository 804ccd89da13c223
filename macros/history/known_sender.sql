{#
    known_sender() -> text: who sent the row of a raw table that tells senders apart
    A delivery that names none is of the sender `default`, as in the call that lands it.
#}
{% macro known_sender() -%}
    coalesce(sender, 'default')
{%- endmacro %}

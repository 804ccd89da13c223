{#
    is_fixed_width_type(type_text) -> boolean: the text has its fixed width 4 + 4 + rest
    type_text: trimmed text such as `PN  EJ  N1`. A text that collapsed its blanks (`ON EJ NM`) has a
    blank inside one of the two fields, or no third one.
#}
{% macro is_fixed_width_type(type_text) -%}
    {{ regexp_matched(type_text, '^([^ ]{4}|[^ ]{3} |[^ ]{2}  |[^ ]   )([^ ]{4}|[^ ]{3} |[^ ]{2}  |[^ ]   |    )[^ ]+$') }}
{%- endmacro %}

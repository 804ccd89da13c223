{#
    nivel_governanca(type_text) -> text: the governance level, null where the type has none
    type_text: trimmed text, of fixed width or with collapsed blanks. Collapsed, the last of two words may
    be an event mark: it is a level only if it is a known one; the last of three is the level.
#}
{% macro nivel_governanca(type_text) -%}
    {%- set last_word = "reverse(substr(reverse(" ~ type_text ~ "), 1, position(' ' in reverse(" ~ type_text ~ ")) - 1))" -%}
    case
        when {{ is_fixed_width_type(type_text) }} then substr({{ type_text }}, 9)
        when
            position(' ' in {{ type_text }}) > 0
            and (
                {{ last_word }} in ('NM', 'N2', 'N1')
                or {{ regexp_matched(type_text, '^[^ ]+ +[^ ]+ .*$') }}
            )
            then {{ last_word }}
    end
{%- endmacro %}

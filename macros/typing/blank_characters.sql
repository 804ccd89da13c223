{#
    blank_characters() -> dict of two lists of code points: `blanks`, the characters that Unicode calls
    White_Space but for the blank itself, and `invisible`, which have no width
    The one place that says what a blank is; see `trimmed`.
#}
{% macro blank_characters() -%}
    {{ return({
        'blanks': [9, 10, 11, 12, 13, 133, 160, 5760] + range(8192, 8203) | list + [8232, 8233, 8239, 8287, 12288],
        'invisible': [8203, 8204, 8205, 8288, 65279],
    }) }}
{%- endmacro %}

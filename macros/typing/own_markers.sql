{#
    own_markers(x, markers, nothing) -> the delivered text x of a column that declares what says nothing in it
    markers: list of texts, in place of those of `null_markers`; nothing: SQL of what they become. One of
    `null_markers` that is not listed is a value here: chr(1) before it keeps other macros from taking it
    for a marker, and goes where a text is kept.
#}
{% macro own_markers(x, markers, nothing) -%}
    {%- set listed, values = ["''"], [] -%}
    {%- for marker in markers -%}{%- do listed.append("'" ~ marker | replace("'", "''") ~ "'" if marker != "\\N" else "chr(92) || 'N'") -%}{%- endfor -%}
    {%- for marker in null_markers() if marker not in listed -%}{%- do values.append(marker) -%}{%- endfor -%}
    case
        when {{ trimmed(x) }} in ({{ listed | join(', ') }}) then {{ nothing }}
        {%- if values %}
        when {{ trimmed(x) }} in ({{ values | join(', ') }}) then chr(1) || {{ trimmed(x) }}
        {%- endif %}
        else {{ x }}
    end
{%- endmacro %}

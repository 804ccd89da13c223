{#
    credit_band(feature) -> case expression: text, the code of the declared band that the feature lies in,
    `missing` where it is null
    *Raises* if no bands are declared for the feature, or they cannot be used (`credit_declarations`).
#}
{% macro credit_band(feature) -%}
    {%- set bands = credit_declarations().bands -%}
    {%- if feature not in bands -%}
        {{ exceptions.raise_compiler_error("No bands are declared for '" ~ feature ~ "'. Declared: " ~ bands.keys() | join(', ') ~ ".") }}
    {%- endif -%}
    case
        when {{ feature }} is null then 'missing'
        {%- for band in bands[feature] %}
        {%- if not loop.last %}
        when {{ feature }} < {{ band.upper }} then '{{ band.code }}'
        {%- else %}
        else '{{ band.code }}'
        {%- endif %}
        {%- endfor %}
    end
{%- endmacro %}

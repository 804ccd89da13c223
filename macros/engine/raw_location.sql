{#
    raw_location(declared) -> text
    What the sources YAML declares as external_location, with `$raw` as the raw zone that LAKEHOUSE_RAW
    names (default data/raw). Read while executing: a value that the parser sees costs a parse of the
    whole project whenever it changes.
#}
{% macro raw_location(declared) -%}
    {{ return(declared | replace('$raw', env_var('LAKEHOUSE_RAW', 'data/raw') | replace("'", "''"))) }}
{%- endmacro %}

{#
    unknown_engine(macro_name)
    *Raises* always: an engine macro never guesses the SQL of an engine it was not tried on.
#}
{% macro unknown_engine(macro_name) -%}
    {{ exceptions.raise_compiler_error(
        "Macro '" ~ macro_name ~ "' has no form for the adapter '" ~ target.type
        ~ "'. Add " ~ target.type ~ "__" ~ macro_name ~ " beside it, with a value test."
    ) }}
{%- endmacro %}

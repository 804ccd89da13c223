{#
    whole_number(x) -> bigint, null where the number is not whole
    x: column of `number_text`, which writes a whole number without a mark. Engines cast one with a mark each
    in a way of its own.
#}
{% macro whole_number(x) -%}
    case when position('.' in {{ x }}) = 0 then try_cast({{ x }} as bigint) end
{%- endmacro %}

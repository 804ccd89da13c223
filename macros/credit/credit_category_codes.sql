{#
    credit_category_codes(column) -> list of the codes that `credit_category` can give, in the order of
    the columns: those of the vocabulary, `other`, `missing`
#}
{% macro credit_category_codes(column) -%}
    {%- set codes = [] -%}
    {%- for value in credit_declarations().vocabulary[column] if credit_value_code(value) != 'other' -%}
        {%- do codes.append(credit_value_code(value)) -%}
    {%- endfor -%}
    {{ return(codes + ['other', 'missing']) }}
{%- endmacro %}

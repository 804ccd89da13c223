{#
    credit_profile_features() -> list of dicts, one per profiled feature: name, is_number, categories
    categories: list of dicts with code and sql (a condition over feat_credit__proposal that holds for
    exactly one of them); empty where neither bands nor a vocabulary are declared.
#}
{% macro credit_profile_features() -%}
    {%- set bands, features = credit_declarations().bands, [] -%}
    {%- for number in credit_numbers() -%}
        {%- set categories = [] -%}
        {%- if number.name in bands -%}
            {%- for code in bands[number.name] | map(attribute='code') | list + ['missing'] -%}
                {%- do categories.append({'code': code, 'sql': number.name ~ "_band_code = '" ~ code ~ "'"}) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- do features.append({'name': number.name, 'is_number': true, 'categories': categories}) -%}
    {%- endfor -%}
    {%- for column in credit_categories() -%}
        {%- set categories = [] -%}
        {%- for code in credit_category_codes(column) -%}
            {%- do categories.append({'code': code, 'sql': column ~ '_' ~ code ~ ' = 1'}) -%}
        {%- endfor -%}
        {%- do features.append({'name': column, 'is_number': false, 'categories': categories}) -%}
    {%- endfor -%}
    {{ return(features) }}
{%- endmacro %}

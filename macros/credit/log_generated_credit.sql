{#
    log_generated_credit() -> nothing: logs one line of JSON, the feature columns and the rows of the two
    reference tables
    Called by scripts/generate_credit.py, which writes them to the contracts and seeds that are
    committed; nothing else may know how a declaration becomes a column.
#}
{% macro log_generated_credit() -%}
    {%- set declared, bands, vocabulary = credit_declarations(), [], [] -%}
    {%- for feature, rows in declared.bands.items() -%}
        {%- for band in rows + [{'code': 'missing', 'lower': none, 'upper': none, 'label': 'sem informação'}] -%}
            {%- do bands.append([feature, loop.index, band.code, band.lower, band.upper, band.label]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for column, values in declared.vocabulary.items() -%}
        {%- for value in values -%}
            {%- do vocabulary.append([column, loop.index, value, column ~ '_' ~ credit_value_code(value)]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do log('credit_generated=' ~ tojson({
        'columns': credit_feature_columns(), 'bands': bands, 'vocabulary': vocabulary,
    }), info=true) -%}
{%- endmacro %}

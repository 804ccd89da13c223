{#
    credit_feature_columns() -> list of dicts, one per column of feat_credit__proposal, in order
    name, type (as in YAML), kind (key, number, band, one_hot, flag, technical), source_column,
    rule, values (declared band or vocabulary values, or none), class, description, and sql: the
    expression over the columns of int_credit__proposal_current, loan_percent_income among them (see
    `feat_credit__proposal`). The contract, the dictionary and the table all follow from this list, so no
    column depends on the day's data. Never the target, and nothing that is known only after the fact.
#}
{% macro credit_feature_columns() -%}
    {%- set declared = credit_declarations() -%}
    {%- set columns = [
        {'name': 'proposal_id', 'type': 'string', 'kind': 'key', 'source_column': 'proposal_id',
         'rule': 'as delivered; else a hash of file content and row number', 'description': '{{ doc("credit_proposal_id") }}'},
        {'name': 'anomesdia', 'type': 'integer', 'kind': 'key', 'source_column': 'reference_date',
         'rule': 'reference date as yyyymmdd; else the day of the delivery', 'description': '{{ doc("credit_anomesdia") }}'},
        {'name': 'customer_id', 'type': 'string', 'kind': 'key', 'source_column': 'customer_id', 'class': 'personal',
         'rule': 'as delivered', 'description': '{{ doc("credit_customer_id") }}'},
        {'name': 'sender', 'type': 'string', 'kind': 'key', 'source_column': 'sender',
         'rule': 'as the landing call said', 'description': '{{ doc("credit_sender") }}'},
    ] -%}
    {%- for number in credit_numbers() -%}
        {%- do columns.append({'name': number.name, 'type': number.type, 'kind': 'number',
            'source_column': number.name if number.rule else 'loan_amnt,person_income',
            'rule': number.rule or 'loan_amnt / person_income, six decimals, half away from zero',
            'description': number.description ~ (' Null where not given or impossible.' if number.rule else ' Null where one of them is.')}) -%}
    {%- endfor -%}
    {%- for feature, bands in declared.bands.items() -%}
        {%- set labels = [] -%}
        {%- for band in bands -%}{%- do labels.append(band.code ~ ': ' ~ band.label) -%}{%- endfor -%}
        {%- do columns.append({'name': feature ~ '_band_code', 'type': 'string', 'kind': 'band', 'source_column': feature,
            'rule': 'declared band, lower bound inclusive, upper exclusive; missing where null',
            'values': bands | map(attribute='code') | list + ['missing'],
            'sql': credit_band(feature),
            'description': 'Declared band of ' ~ feature ~ ' (' ~ labels | join('; ') ~ '); missing where it is null.'}) -%}
    {%- endfor -%}
    {%- for column in credit_categories() -%}
        {%- set by_code, known, quoted = {}, [], [] -%}
        {%- for value in declared.vocabulary[column] -%}
            {%- do by_code.update({credit_value_code(value): value}) -%}
            {%- if credit_value_code(value) != 'other' -%}
                {%- do known.append(value) -%}
                {%- do quoted.append(text_literal(value)) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for code in credit_category_codes(column) -%}
            {%- if code == 'missing' -%}
                {%- set what, value, test = 'is not given', none, column ~ ' is null' -%}
            {%- elif code == 'other' -%}
                {%- set what, value = 'is given and none of ' ~ known | join(', '), by_code.get('other') -%}
                {%- set test = column ~ ' not in (' ~ quoted | join(', ') ~ ')' -%}
            {%- else -%}
                {%- set what, value = 'is ' ~ by_code[code], by_code[code] -%}
                {%- set test = column ~ ' = ' ~ text_literal(value) -%}
            {%- endif -%}
            {%- do columns.append({'name': column ~ '_' ~ code, 'type': 'integer', 'kind': 'one_hot', 'source_column': column,
                'rule': '1 where ' ~ column ~ ' ' ~ what ~ ', else 0', 'values': [value] if value else none,
                'sql': 'case when ' ~ test ~ ' then 1 else 0 end',
                'description': '1 where ' ~ column ~ ' ' ~ what ~ ', else 0.'}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for number in credit_numbers() if number.rule -%}
        {%- do columns.append({'name': 'is_' ~ number.name ~ '_invalid', 'type': 'boolean', 'kind': 'flag', 'source_column': number.name,
            'rule': 'something was delivered and ' ~ number.name ~ ' is ' ~ number.rule,
            'sql': listed_in('invalid_columns', number.name),
            'description': 'A value of ' ~ number.name ~ ' was delivered and is unreadable or impossible, so the feature is null.'}) -%}
    {%- endfor -%}
    {%- do columns.append({'name': 'is_loan_percent_income_different', 'type': 'boolean', 'kind': 'flag', 'source_column': 'loan_percent_income',
        'rule': 'the delivered value differs from the unrounded quotient by more than 0.01, or cannot be read',
        'sql': listed_in('flags', 'derived_value_differs'),
        'description': 'The delivered loan_percent_income differs from the unrounded quotient by more than 0.01, or cannot be read.'}) -%}
    {%- for column in credit_categories() -%}
        {%- do columns.append({'name': 'is_' ~ column ~ '_unknown', 'type': 'boolean', 'kind': 'flag', 'source_column': column,
            'rule': 'the declared vocabulary lacks the value', 'sql': is_unknown_category(column),
            'description': 'A value of ' ~ column ~ ' was delivered that the declared vocabulary lacks.'}) -%}
    {%- endfor -%}
    {%- for column in columns -%}
        {%- do column.update({'sql': column.get('sql', column.name), 'class': column.get('class', 'internal'), 'values': column.get('values')}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

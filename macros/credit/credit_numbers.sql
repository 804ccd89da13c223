{#
    credit_numbers() -> list of dicts with name, type, rule, description: the numbers among the features
    rule: which values are impossible and become null with the flag is_<name>_invalid; none for the one
    that is computed.
#}
{% macro credit_numbers() -%}
    {{ return([
        {'name': 'person_age', 'type': 'bigint', 'rule': 'null where unreadable, below 18 or above 100',
         'description': 'Age in years.'},
        {'name': 'person_income', 'type': 'bigint', 'rule': 'null where unreadable or not above 0',
         'description': 'Yearly income.'},
        {'name': 'person_emp_length', 'type': 'decimal(18,6)',
         'rule': 'null where unreadable, negative or above age less 14 (above 86 where the age is unknown)',
         'description': 'Years in employment.'},
        {'name': 'loan_amnt', 'type': 'bigint', 'rule': 'null where unreadable or not above 0',
         'description': 'Amount asked for.'},
        {'name': 'loan_int_rate', 'type': 'decimal(18,6)', 'rule': 'null where unreadable or outside 0 to 100',
         'description': 'Interest rate in percent.'},
        {'name': 'loan_percent_income', 'type': 'decimal(18,6)', 'rule': none,
         'description': 'Amount divided by yearly income, computed here; what the sender says is not used.'},
        {'name': 'cb_person_cred_hist_length', 'type': 'bigint', 'rule': 'null where unreadable or negative',
         'description': 'Years of credit history at the bureau.'},
    ]) }}
{%- endmacro %}

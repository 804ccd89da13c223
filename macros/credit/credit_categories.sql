{#
    credit_categories() -> list of the text columns that are encoded one-hot, in the order of the contract
#}
{% macro credit_categories() -%}
    {{ return(['person_home_ownership', 'loan_intent', 'loan_grade', 'cb_person_default_on_file']) }}
{%- endmacro %}

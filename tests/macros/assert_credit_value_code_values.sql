-- The part of a column's name that stands for a value: ASCII snake case.

{% set example = {
    'RENT': 'rent', 'HOME IMPROVEMENT': 'home_improvement', 'A-1/B.2': 'a_1_b_2', '7': '7',
} %}

{% for value, expected in example.items() %}
select
    '{{ value }}' as given,
    '{{ credit_value_code(value) }}' as actual
where '{{ credit_value_code(value) }}' <> '{{ expected }}'
{{ 'union all' if not loop.last }}
{% endfor %}

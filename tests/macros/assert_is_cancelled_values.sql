-- Never null. The statuses of the variable, themselves without accents, case and blanks, are
-- compared with a status that staging has normalised. Rows for the default statuses apply while
-- they are set.

{% set statuses = var('commerce_excluded_statuses') | map('upper') | list %}

with example as (
    select nullif('', '') as given, false as expected
    union all select 'NEVER A STATUS', false
    {%- for status in ['CANCELADA', 'REEMBOLSADA'] if status in statuses %}
    union all select '{{ status }}', true
    union all select '{{ status }}X', false
    {%- endfor %}
    {%- if 'APROVADA' not in statuses %}
    union all select 'APROVADA', false
    {%- endif %}
),

answered as (
    select
        given,
        expected,
        {{ is_cancelled('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected

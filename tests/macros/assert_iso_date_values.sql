-- A real day comes back as it was given, as text or as a date (an unquoted day in YAML is one).

with example as (
    select
        '2024-01-05' as expected,
        '{{ iso_date('run_date', '2024-01-05') }}' as actual
    union all select '2024-02-29', '{{ iso_date('run_date', '2024-02-29') }}'
    union all select '2024-12-31', '{{ iso_date('run_date', modules.datetime.date(2024, 12, 31)) }}'
)

select * from example
where actual is distinct from expected

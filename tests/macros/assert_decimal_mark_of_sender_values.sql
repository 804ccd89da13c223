-- As the sources YAML declares it: a point for a sender that it does not know and for none.

with example as (
    select 'default' as sender, '.' as expected
    union all select 'parceiro', ','
    union all select 'nobody', '.'
    union all select nullif('', ''), '.'
),

answered as (
    select
        sender,
        expected,
        {{ decimal_mark_of_sender('sender') }} as actual
    from example
)

select * from answered
where actual is distinct from expected

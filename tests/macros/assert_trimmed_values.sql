-- Blanks of all kinds go at both ends and become plain ones inside: what has no width goes.

with example as (
    select listed.*
    from (
        values
        ('  nacional ', 'nacional'),
        (chr(9) || 'nacional' || chr(9), 'nacional'),
        (chr(10) || 'nacional' || chr(13) || chr(10), 'nacional'),
        (chr(160) || 'nacional' || chr(160), 'nacional'),
        (chr(160) || ' ' || chr(9) || 'nacional', 'nacional'),
        ('a b', 'a b'),
        ('a' || chr(9) || 'b', 'a b'),
        ('a' || chr(160) || 'b', 'a b'),
        ({{ characters([8203]) }} || 'nacional' || {{ characters([8201, 65279]) }}, 'nacional'),
        ('a' || {{ characters([8203, 8204, 8205, 8288, 65279]) }} || 'b', 'ab'),
        ('a' || {{ characters([133, 8232, 12288]) }} || 'b', 'a   b'),
        ('a' || chr(28), 'a' || chr(28)),
        ('a  b', 'a  b'),
        ('   ', ''),
        ('', ''),
        (null, null)
    ) as listed (given, expected)
),

answered as (
    select
        given,
        expected,
        {{ trimmed('given') }} as actual
    from example
)

select * from answered
where actual is distinct from expected

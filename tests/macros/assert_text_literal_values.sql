-- A text is itself in SQL, whatever is in it: quotes end nothing, backslashes escape nothing.

with example as (
    select
        {{ text_literal("d'or") }} as actual,
        'd' || chr(39) || 'or' as expected
    union all select {{ text_literal("'") }}, chr(39)
    union all select {{ text_literal("''") }}, chr(39) || chr(39)
    union all select {{ text_literal("a\\'b") }}, 'a' || chr(92) || chr(39) || 'b'
    union all select {{ text_literal("\\N") }}, chr(92) || 'N'
    union all select {{ text_literal("ção %s {x}") }}, 'ção %s {x}'
    union all select {{ text_literal(7) }}, '7'
    union all select {{ text_literal('20240102T09_a.b:c-d') }}, '20240102T09_a.b:c-d'
    union all select {{ text_literal('') }}, ''
)

select * from example
where actual is distinct from expected

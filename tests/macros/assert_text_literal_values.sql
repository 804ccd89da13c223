-- A text is itself in SQL, whatever is in it: quotes end nothing, backslashes escape nothing.

with example as (
    select listed.*
    from (
        values
        ({{ text_literal("d'or") }}, 'd' || chr(39) || 'or'),
        ({{ text_literal("'") }}, chr(39)),
        ({{ text_literal("''") }}, chr(39) || chr(39)),
        ({{ text_literal("a\\'b") }}, 'a' || chr(92) || chr(39) || 'b'),
        ({{ text_literal("\\N") }}, chr(92) || 'N'),
        ({{ text_literal("ção %s {x}") }}, 'ção %s {x}'),
        ({{ text_literal(7) }}, '7'),
        ({{ text_literal('20240102T09_a.b:c-d') }}, '20240102T09_a.b:c-d'),
        ({{ text_literal('') }}, '')
    ) as listed (actual, expected)
)

select * from example
where actual is distinct from expected

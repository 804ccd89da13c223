-- What a column lists is no value in it, and what it does not list is one.

with example as (
    select listed.*
    from (
        values
        ('x', 'x', 'x'),
        (' NULL ', 'NULL', null),
        ('null', 'null', 'null'),
        (chr(92) || 'N', chr(92) || 'N', chr(92) || 'N'),
        ('-', '-', null),
        (' ', null, null),
        (null, null, null)
    ) as listed (given, no_marker, one_marker)
),

declared as (
    select
        *,
        {{ own_markers('given', [], "''") }} as without_markers,
        {{ own_markers('given', ['NULL', '-'], 'null') }} as with_markers
    from example
),

answered as (
    select
        *,
        {{ kept_text('without_markers') }} as actual_no_marker,
        {{ kept_text('with_markers') }} as actual_one_marker,
        {{ is_given('without_markers') }} as is_given_without
    from declared
)

select *
from answered
where
    actual_no_marker is distinct from no_marker
    or actual_one_marker is distinct from one_marker
    or is_given_without <> (no_marker is not null)

-- Every character of the basic plane but surrogates and NUL, between two letters and at both ends
-- of one text, through the macros that take blanks, invisible characters, accents and case away:
-- the lists below say what changes, all others stay as they are.
{% set blanks = [9, 10, 11, 12, 13, 32, 133, 160, 5760, 8192, 8193, 8194, 8195, 8196, 8197, 8198,
    8199, 8200, 8201, 8202, 8232, 8233, 8239, 8287, 12288] %}
{% set invisible = [8203, 8204, 8205, 8288, 65279] %}
{% set marks = [768, 769, 770, 771, 776, 778, 807] %}
{% set letters = {
    'a': 'áàâãäåÁÀÂÃÄÅ', 'e': 'éèêëÉÈÊË', 'i': 'íìîïÍÌÎÏ', 'o': 'óòôõöÓÒÔÕÖ', 'u': 'úùûüÚÙÛÜ',
    'c': 'çÇ', 'n': 'ñÑ', 'y': 'ýÿÝ', 'æ': 'Æ', 'ø': 'Ø', 'ð': 'Ð', 'þ': 'Þ', 'š': 'Š', 'ž': 'Ž', 'œ': 'Œ',
} %}

with digit as (
    select listed.place
    from (values ({{ range(16) | join('), (') }})) as listed (place)
),

point as (
    select a.place * 4096 + b.place * 256 + c.place * 16 + d.place as number
    from digit as a
    cross join digit as b
    cross join digit as c
    cross join digit as d
),

given as (
    select
        number,
        {{ character_of('number') }} as letter,
        case
            when number in ({{ blanks | join(', ') }}) then 'blank'
            when number in ({{ invisible | join(', ') }}) then 'invisible'
            when number in (1, 31) then 'mark of rows'
            when number in ({{ marks | join(', ') }}) then 'accent'
            else 'letter'
        end as kind
    from point
    where number > 0 and (number < 55296 or number > 57343)
),

expected as (
    select
        number,
        letter,
        letter || 'p' || letter || 'q' || letter as given_text,
        case kind
            when 'blank' then 'p q'
            when 'invisible' then 'pq'
            else letter || 'p' || letter || 'q' || letter
        end as trimmed_text,
        case
            when kind = 'blank' then 'p q'
            when kind in ('invisible', 'mark of rows') then 'pq'
            else letter || 'p' || letter || 'q' || letter
        end as kept_text,
        case
            when kind in ('blank', 'invisible', 'mark of rows', 'accent') then ''
            when number between 65 and 90 then {{ character_of('number + 32') }}
            {%- for plain, spellings in letters.items() %}
            when position(letter in '{{ spellings }}') > 0 then '{{ plain }}'
            {%- endfor %}
            else letter
        end as key_letter,
        kind = 'blank' as is_blank
    from given
),

answered as (
    select
        number,
        trimmed_text,
        kept_text,
        case when is_blank then 'p q' else key_letter || 'p' || key_letter || 'q' || key_letter end
            as key_text,
        case
            when letter between '0' and '9' and number between 48 and 57
                then cast(letter || '7' || letter as bigint)
            when is_blank or number in ({{ invisible | join(', ') }}) then 7
        end as number_around,
        {{ trimmed('given_text') }} as actual_trimmed_text,
        {{ kept_text('given_text') }} as actual_kept_text,
        {{ spelling_key('given_text') }} as actual_key_text,
        {{ try_integer("(letter || '7' || letter)") }} as actual_number_around
    from expected
)

select *
from answered
where
    actual_trimmed_text is distinct from trimmed_text
    or actual_kept_text is distinct from kept_text
    or actual_key_text is distinct from key_text
    or actual_number_around is distinct from number_around

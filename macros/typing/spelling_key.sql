{#
    spelling_key(x, letters) -> text that two spellings of one word share: of one case, without accents,
    with blanks as in `kept_text`; null where nothing is said
    letters: 'lower' or 'upper'. Accents go from composed letters and as marks of their own, which some
    systems write after the letter. Letters change their case by the table below and no other: what
    engines make of others differs (a dotless i is an I of its own).
    Nearly all values are bare ASCII words and pass through, and of letters up to ÿ engines make the same:
    `translate` is the slowest function of the staging, the slower the more it looks for.
#}
{% macro spelling_key(x, letters='lower') -%}
    {%- set marks = [1, 31, 768, 769, 770, 771, 776, 778, 807] -%}
    {%- set cases = {
        'lower': 'abcdefghijklmnopqrstuvwxyzæøðþšžœ',
        'upper': 'ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÐÞŠŽŒ',
    } -%}
    {%- set plain = {
        'a': 'áàâãäå', 'e': 'éèêë', 'i': 'íìîï', 'o': 'óòôõö', 'u': 'úùûü', 'c': 'ç', 'n': 'ñ', 'y': 'ýÿ',
        'A': 'ÁÀÂÃÄÅ', 'E': 'ÉÈÊË', 'I': 'ÍÌÎÏ', 'O': 'ÓÒÔÕÖ', 'U': 'ÚÙÛÜ', 'C': 'Ç', 'N': 'Ñ', 'Y': 'Ý',
    } -%}
    {%- set before, after = [], [] -%}
    {%- for letter, accented in plain.items() -%}
        {%- do before.append(accented) -%}
        {%- do after.append((letter | lower if letters == 'lower' else letter | upper) * accented | length) -%}
    {%- endfor -%}
    {%- set bare = letters ~ "(nullif(nullif(WORD, 'NULL'), 'null'))" -%}
    {%- set first -%}
        when {{ regexp_matched(x, '^[A-Za-z0-9_]+$') }} then {{ bare.replace('WORD', x) }}
        when {{ regexp_matched(x, '^ *[A-Za-z0-9_]+ *$') }} then {{ bare.replace('WORD', "trim(both ' ' from " ~ x ~ ")") }}
        when {{ regexp_matched(x, '^[ -~À-Þà-ÿ]+$') }}
            then case
                when trim(both ' ' from {{ x }}) not in ({{ null_markers() | join(', ') }})
                    then {{ squeezed(letters ~ "(translate(" ~ x ~ ", '" ~ before | join ~ "', '" ~ after | join ~ "'))") }}
            end
    {%- endset -%}
    {%- set other = 'upper' if letters == 'lower' else 'lower' -%}
    {%- set body = "case when GIVEN not in (" ~ null_markers() | join(', ') ~ ") then " ~ squeezed(
        "translate(GIVEN, '" ~ before | join ~ cases[other] ~ "' || " ~ characters(marks) ~ ", '" ~ after | join ~ cases[letters] ~ "')"
    ) ~ " end" -%}
    {{ on_trimmed(x, first, '.', body) }}
{%- endmacro %}

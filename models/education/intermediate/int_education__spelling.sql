-- Grain: one row per attribute_name and spelling_key that a row ever had: the text to show for it.
-- Looked up here and not in the history, so that the list may grow without a rebuild. For a
-- spelling that the list lacks it is the text received first, the same for all rows.

with load as (
    select * from {{ ref('int_education__load') }}
),

listed as (
    select * from {{ ref('ref_education__spelling') }}
),

received_text as (
    {% for entity, attribute_name in [
        ('escola', 'rede'), ('escola', 'regiao'), ('aluno', 'genero'), ('nota', 'disciplina'),
    ] %}
    select
        '{{ attribute_name }}' as attribute_name,
        record.{{ attribute_name }}_key as spelling_key,
        record.{{ attribute_name }} as received_text,
        record.recorded_at,
        load.load_id,
        load.source_file,
        record.source_row
    from {{ ref('int_education__' ~ entity) }} as record
    inner join load on record.load_key = load.load_key
    where record.{{ attribute_name }}_key is not null and record.reason_code is null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

numbered_text as (
    select
        *,
        row_number() over (
            partition by attribute_name, spelling_key
            order by recorded_at, load_id, source_file, source_row
        ) as place
    from received_text
),

spelling as (
    select
        numbered_text.attribute_name,
        numbered_text.spelling_key,
        coalesce(listed.spelling, numbered_text.received_text) as spelling,
        listed.spelling is not null as is_listed
    from numbered_text
    left join listed
        on
            numbered_text.attribute_name = listed.attribute_name
            and numbered_text.spelling_key = listed.spelling_key
    where numbered_text.place = 1
)

select * from spelling

-- Grain: one row per received row of the three files on closed days, with what became of it. The
-- only inner model that the quality domain reads. A view, because a row waits as long as its
-- partner is unknown, and a load of the partner does not touch the row's own history.

{% set attributes = {
    'aluno': ['genero'], 'escola': ['rede', 'regiao'], 'nota': ['disciplina'],
} %}

with spelling as (
    select * from {{ ref('int_education__spelling') }}
),

known_escola as (
    select escola_id
    from {{ ref('int_education__escola_history') }}
    where known_from is not null and known_to is null
),

-- As the wide table sees it: a pupil who waits is not known to its grades.
known_aluno as (
    select aluno.aluno_id
    from {{ ref('int_education__aluno_history') }} as aluno
    inner join known_escola on aluno.escola_id = known_escola.escola_id
    where aluno.known_from is not null and aluno.known_to is null
),

rejected_row as (
    {{ rejected_rows('education', attributes) }}
),

accepted_row as (
    {% for entity, names in attributes.items() %}
    {% set is_listed = [] %}
    {% for name in names %}
    {% do is_listed.append('coalesce(' ~ name ~ '_spelling.is_listed, true)') %}
    {% endfor %}
    select
        '{{ entity }}' as entity,
        history.load_id,
        history.ingest_date,
        history.source_file,
        history.source_row,
        history.recorded_at,
        {% if entity == 'escola' %}
        history.row_status,
        {% else %}
        {% set partner = 'known_escola' if entity == 'aluno' else 'known_aluno' %}
        case
            when history.row_status = 'current' and {{ partner }}.{{ partner[6:] }}_id is null
                then 'waiting'
            else history.row_status
        end as row_status,
        {% endif %}
        cast(null as {{ dbt.type_string() }}) as reason_code,
        cast(null as {{ dbt.type_string() }}) as rejected_row,
        case
            when not ({{ is_listed | join(' and ') }})
                then coalesce(history.flags || ',', '') || 'unknown_spelling'
            else history.flags
        end as flags
    from {{ ref('int_education__' ~ entity ~ '_history') }} as history
    {% if entity != 'escola' %}
    left join {{ partner }}
        on history.{{ partner[6:] }}_id = {{ partner }}.{{ partner[6:] }}_id
    {% endif %}
    {% for name in names %}
    left join spelling as {{ name }}_spelling
        on
            {{ name }}_spelling.attribute_name = '{{ name }}'
            and history.{{ name }}_key = {{ name }}_spelling.spelling_key
    {% endfor %}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

row_status as (
    select * from rejected_row
    union all
    select * from accepted_row
)

select * from row_status

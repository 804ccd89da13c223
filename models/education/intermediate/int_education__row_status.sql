-- Grain: one row per received row of the three files, with what became of it: what its record
-- says, whether its partner is known, and whether a spelling is in the list. A view, because a row
-- waits as long as its partner is unknown, and a load of the partner does not touch its record.

{% set partners = {'aluno': 'escola', 'nota': 'aluno'} %}
{% set attributes = {
    'aluno': ['genero'], 'escola': ['rede', 'regiao'], 'nota': ['disciplina'],
} %}

with load as (
    select * from {{ ref('int_education__load') }}
),

spelling as (
    select * from {{ ref('int_education__spelling') }}
),

known_escola as (
    select escola_id
    from {{ ref('int_education__escola') }}
    where known_from is not null and known_to is null
),

-- As the wide table sees it: a pupil who waits is not known to its grades.
known_aluno as (
    select aluno.aluno_id
    from {{ ref('int_education__aluno') }} as aluno
    inner join known_escola on aluno.escola_id = known_escola.escola_id
    where aluno.known_from is not null and aluno.known_to is null
),

row_status as (
    {% for entity, names in attributes.items() %}
    {% set partner = partners.get(entity) %}
    {% set is_unlisted = [] %}
    {% for name in names %}
    {% do is_unlisted.append('not coalesce(' ~ name ~ '_spelling.is_listed, true)') %}
    {% endfor %}
    {% set row_status %}
    case
        when record.row_status = 'current' and known_{{ partner }}.{{ partner }}_id is null
            then 'waiting'
        else record.row_status
    end
    {% endset %}
    select
        {{ row_status_columns(
            {'unknown_spelling': is_unlisted | join(' or ')},
            row_status if partner else 'record.row_status',
        ) }}
    from {{ ref('int_education__' ~ entity) }} as record
    inner join load on record.load_key = load.load_key
    {% if partner %}
    left join known_{{ partner }} on record.{{ partner }}_id = known_{{ partner }}.{{ partner }}_id
    {% endif %}
    {% for name in names %}
    left join spelling as {{ name }}_spelling
        on
            {{ name }}_spelling.attribute_name = '{{ name }}'
            and record.{{ name }}_key = {{ name }}_spelling.spelling_key
    {% endfor %}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from row_status

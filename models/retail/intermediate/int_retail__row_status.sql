-- Grain: one row per received row of every entity, with what became of it: what its record
-- says, and for a sale whether its employee and category are known. Looked up here and not in the
-- record: the partner may arrive in any later load.

with load as (
    select * from {{ ref('int_retail__load') }}
),

known_funcionario as (
    select distinct id_funcionario
    from {{ ref('int_retail__funcionario') }}
    where known_from is not null
),

known_categoria as (
    select distinct id_categoria
    from {{ ref('int_retail__categoria') }}
    where known_from is not null
),

row_status as (
    {% for entity, table in record_tables()['retail'].items() if entity != 'venda' %}
    select
        {{ row_status_columns() }}
    from {{ ref(table) }} as record
    inner join load on record.load_key = load.load_key
    union all
    {% endfor %}
    select
        {{ row_status_columns({
            'unknown_reference':
                'known_funcionario.id_funcionario is null or known_categoria.id_categoria is null',
        }) }}
    from {{ ref('int_retail__venda') }} as record
    inner join load on record.load_key = load.load_key
    left join known_funcionario on record.id_funcionario = known_funcionario.id_funcionario
    left join known_categoria on record.id_categoria = known_categoria.id_categoria
)

select * from row_status

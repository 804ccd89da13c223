-- The fact, merged run by run, is what the open versions say: and no two versions of a sale, an
-- employee or a category overlap.

with venda_version as (
    select * from {{ ref('fct_retail__venda_version') }}
),

open_version as (
    select
        id_venda,
        id_funcionario,
        id_categoria,
        data_venda,
        venda,
        known_from
    from venda_version
    where known_to is null
),

venda as (
    select
        id_venda,
        id_funcionario,
        id_categoria,
        data_venda,
        venda,
        last_changed
    from {{ ref('fct_retail__venda') }}
),

version as (
    select
        'venda' as entity,
        id_venda as id,
        known_from,
        known_to
    from venda_version
    union all
    select
        'funcionario' as entity,
        id_funcionario as id,
        known_from,
        known_to
    from {{ ref('dim_retail__funcionario_version') }}
    union all
    select
        'categoria' as entity,
        id_categoria as id,
        known_from,
        known_to
    from {{ ref('dim_retail__categoria_version') }}
),

followed_version as (
    select
        version.*,
        lead(version.known_from) over (
            partition by version.entity, version.id order by version.known_from
        ) as next_known_from
    from version
),

missing as (
    select * from open_version
    except
    select * from venda
),

surplus as (
    select * from venda
    except
    select * from open_version
)

select
    'open version that is not in the fact' as problem,
    id_venda as id
from missing
union all
select
    'sale that is no open version' as problem,
    id_venda as id
from surplus
union all
select
    entity || ' versions overlap' as problem,
    id
from followed_version
where next_known_from is not null and coalesce(known_to > next_known_from, true)

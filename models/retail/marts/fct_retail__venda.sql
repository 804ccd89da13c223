-- Grain: one row per sale that the source holds, in the state it was last delivered in. A sale of
-- an employee or category that nobody has delivered yet stays, with its natural id.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key='id_venda',
) }}

{% set columns = [
    'id_venda', 'id_funcionario', 'id_categoria', 'data_venda', 'venda', 'last_changed',
] %}

with venda_history as (
    select * from {{ ref('int_retail__venda') }}
),

venda as (
    select
        id_venda,
        id_funcionario,
        id_categoria,
        data_venda,
        cast(venda as decimal(12, 2)) as venda,
        known_from as last_changed
    from venda_history
    where known_from is not null and known_to is null
),

{% if is_incremental() %}
stored as (
    select * from {{ this }}
),
{% endif %}

changes as (
    {{ merge_changes('venda', 'stored', ['id_venda'], columns) }}
)

select * from changes

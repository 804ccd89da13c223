-- Grain: one row per (proposal_id, anomesdia). Columns, types and order follow from the declared
-- bands and vocabularies alone. Neither the target nor a day of knowledge is here: both change
-- when a target arrives, and the features of a proposal must not.

{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['proposal_id', 'anomesdia'],
    **partition_by_values(['anomesdia'])
) }}

{% set features = credit_feature_columns() | map(attribute='name') | list %}
{% set record = ref('int_credit__proposal') %}
{% set loads = found_new_loads() if is_incremental() else [] %}

with proposal_current as (
    select * from {{ ref('int_credit__proposal_current') }}
),

{% if is_incremental() %}
-- A new delivery changes what its sender says of its dates, and nothing else.
touched_partition as (
    select distinct anomesdia
    from {{ record }} as record
    where anomesdia is not null and {{ in_load('record', 'proposal', loads) }}
),

stored as (
    select *
    from {{ this }}
    where anomesdia in (select touched_partition.anomesdia from touched_partition)
),
{% endif %}

proposal as (
    select
        {{ credit_feature_select() }}
    from proposal_current
    {% if is_incremental() %}
    where anomesdia in (select touched_partition.anomesdia from touched_partition)
    {% endif %}
),

changes as (
    {{ merge_changes(
        'proposal', 'stored', ['proposal_id', 'anomesdia'], features
    ) }}
)

select * from changes

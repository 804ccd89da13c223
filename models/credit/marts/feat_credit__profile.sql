-- Grain: one row per anomesdia, feature_name and category_code; the category '-' is the feature as
-- a whole. Every declared category has a row in every partition, also with no proposal in it: the
-- stability index compares all of them with the partition before.

{% set features = credit_profile_features() %}

with proposal as {{ not_materialized() }} (
    select * from {{ ref('feat_credit__proposal') }}
),

counted as (
    select
        anomesdia,
        {%- for feature in features %}
        {%- set number = loop.index %}
        {%- for category in feature.categories %}
        count_if({{ category.sql }}) as count_{{ number }}_{{ loop.index }},
        {%- endfor %}
        {%- if feature.is_number %}
        count({{ feature.name }}) as given_{{ number }},
        sum(cast({{ feature.name }} as decimal(28, 6))) as sum_{{ number }},
        {%- else %}
        count_if(not ({{ feature.categories[-1].sql }})) as given_{{ number }},
        cast(null as decimal(28, 6)) as sum_{{ number }},
        {%- endif %}
        {%- endfor %}
        count(*) as row_count
    from proposal
    group by anomesdia
),

ordered as (
    select
        *,
        lag(anomesdia) over (order by anomesdia) as previous_anomesdia
    from counted
),

category as (
    {%- for feature in features %}
    {%- set number, is_last = loop.index, loop.last %}
    {%- for category in feature.categories %}
    select
        anomesdia,
        previous_anomesdia,
        '{{ feature.name }}' as feature_name,
        '{{ category.code }}' as category_code,
        cast(count_{{ number }}_{{ loop.index }} as bigint) as category_count,
        cast(row_count as bigint) as row_count
    from ordered
    {{ 'union all' if not (is_last and loop.last) }}
    {%- endfor %}
    {%- endfor %}
),

compared as (
    select
        category.anomesdia,
        category.previous_anomesdia,
        category.feature_name,
        category.category_code,
        category.category_count,
        category.row_count,
        {{ stability_term(
            'category.category_count', 'category.row_count',
            'previous_category.category_count', 'previous_category.row_count',
        ) }} as stability_term
    from category
    left join category as previous_category
        on
            category.previous_anomesdia = previous_category.anomesdia
            and category.feature_name = previous_category.feature_name
            and category.category_code = previous_category.category_code
),

stability as (
    select
        anomesdia,
        previous_anomesdia,
        feature_name,
        sum(stability_term) as stability_index
    from compared
    -- Without a partition before, DuckDB's greatest() would compare with the floor.
    where previous_anomesdia is not null
    group by anomesdia, previous_anomesdia, feature_name
),

feature as (
    {%- for feature in features %}
    select
        anomesdia,
        '{{ feature.name }}' as feature_name,
        cast(row_count as bigint) as row_count,
        {{ exact_ratio('row_count - given_' ~ loop.index, 'row_count', 6) }} as null_ratio,
        {{ exact_ratio('sum_' ~ loop.index, 'given_' ~ loop.index, 6) }} as mean_value
    from ordered
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

profile as (
    select
        feature.anomesdia,
        feature.feature_name,
        '-' as category_code,
        feature.row_count,
        cast(null as decimal(18, 6)) as category_ratio,
        cast(feature.null_ratio as decimal(18, 6)) as null_ratio,
        cast(feature.mean_value as decimal(18, 6)) as mean_value,
        stability.previous_anomesdia,
        cast(round(stability.stability_index, 6) as decimal(18, 6)) as stability_index
    from feature
    left join stability
        on
            feature.anomesdia = stability.anomesdia
            and feature.feature_name = stability.feature_name
    union all
    select
        anomesdia,
        feature_name,
        category_code,
        category_count as row_count,
        cast({{ exact_ratio('category_count', 'row_count', 6) }} as decimal(18, 6))
            as category_ratio,
        cast(null as decimal(18, 6)) as null_ratio,
        cast(null as decimal(18, 6)) as mean_value,
        cast(null as integer) as previous_anomesdia,
        cast(null as decimal(18, 6)) as stability_index
    from compared
)

select * from profile

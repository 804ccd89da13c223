-- Grain: one row per anomesdia, feature_name and category_code: the category '-' is the feature as
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

-- Lists of constants and one pass over `counted`, not a select per category: Athena works a CTE out
-- again at every place that names it.
declared_category as (
    select listed.*
    from (
        values
        {%- for feature in features %}
        {%- set number, is_last = loop.index, loop.last %}
        {%- for category in feature.categories %}
        ({{ number }}, {{ loop.index }}, '{{ feature.name }}', '{{ category.code }}')
        {{- ',' if not (is_last and loop.last) }}
        {%- endfor %}
        {%- endfor %}
    ) as listed (feature_number, category_number, feature_name, category_code)
),

category as (
    select
        counted.anomesdia,
        declared_category.feature_name,
        declared_category.category_code,
        cast(
            case
                {%- for feature in features %}
                {%- set number = loop.index %}
                {%- for category in feature.categories %}
                when declared_category.feature_number = {{ number }}
                    and declared_category.category_number = {{ loop.index }}
                    then counted.count_{{ number }}_{{ loop.index }}
                {%- endfor %}
                {%- endfor %}
            end as bigint
        ) as category_count,
        cast(counted.row_count as bigint) as row_count
    from counted
    cross join declared_category
),

-- Every category is in every partition, so the row before is of the partition before.
preceded as (
    select
        *,
        lag(anomesdia) over (
            partition by feature_name, category_code order by anomesdia
        ) as previous_anomesdia,
        lag(category_count) over (
            partition by feature_name, category_code order by anomesdia
        ) as previous_category_count,
        lag(row_count) over (
            partition by feature_name, category_code order by anomesdia
        ) as previous_row_count
    from category
),

stability as (
    select
        anomesdia,
        previous_anomesdia,
        feature_name,
        sum(
            {{ stability_term(
                'category_count', 'row_count', 'previous_category_count', 'previous_row_count'
            ) }}
        ) as stability_index
    from preceded
    -- Without a partition before, DuckDB's greatest() would compare with the floor.
    where previous_anomesdia is not null
    group by anomesdia, previous_anomesdia, feature_name
),

declared_feature as (
    select listed.*
    from (
        values
        {%- for feature in features %}
        ({{ loop.index }}, '{{ feature.name }}'){{ ',' if not loop.last }}
        {%- endfor %}
    ) as listed (feature_number, feature_name)
),

counted_feature as (
    select
        counted.anomesdia,
        declared_feature.feature_name,
        cast(counted.row_count as bigint) as row_count,
        case declared_feature.feature_number
            {%- for feature in features %}
            when {{ loop.index }} then counted.given_{{ loop.index }}
            {%- endfor %}
        end as given_count,
        case declared_feature.feature_number
            {%- for feature in features %}
            when {{ loop.index }} then counted.sum_{{ loop.index }}
            {%- endfor %}
        end as value_sum
    from counted
    cross join declared_feature
),

feature as (
    select
        anomesdia,
        feature_name,
        row_count,
        {{ exact_ratio('row_count - given_count', 'row_count', 6) }} as null_ratio,
        {{ exact_ratio('value_sum', 'given_count', 6) }} as mean_value
    from counted_feature
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
    from preceded
)

select * from profile

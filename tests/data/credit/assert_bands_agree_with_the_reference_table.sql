-- The code beside a number is that of the one row of the reference table whose bounds hold it.

with banded as (
    {% for feature in credit_declarations().bands %}
    select
        proposal_id,
        anomesdia,
        '{{ feature }}' as feature_name,
        cast({{ feature }} as decimal(18, 6)) as feature_value,
        {{ feature }}_band_code as band_code
    from {{ ref('feat_credit__proposal') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    banded.proposal_id,
    banded.anomesdia,
    banded.feature_name,
    banded.feature_value,
    banded.band_code
from banded
left join {{ ref('ref_credit__band') }} as band
    on
        banded.feature_name = band.feature_name
        and banded.band_code = band.band_code
        and (banded.feature_value is null) = (band.band_code = 'missing')
        and (
            band.band_code = 'missing'
            or (
                banded.feature_value >= coalesce(band.lower_bound, banded.feature_value)
                and (band.upper_bound is null or banded.feature_value < band.upper_bound)
            )
        )
where band.band_code is null

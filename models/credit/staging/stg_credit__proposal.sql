-- Grain: one row per received row of a file, typed. `reason_code` says why a row is rejected. An
-- impossible or unreadable value rejects nothing: it is null here and named in `invalid_columns`.
-- A delivery is all that its sender has for the dates it holds, so it counts as a full extract,
-- unless it has a row of an unknown date: nobody knows which date that row belongs to.

{% set numbers = [
    'person_age', 'person_income', 'person_emp_length', 'loan_amnt', 'loan_int_rate',
    'cb_person_cred_hist_length', 'loan_status', 'loan_percent_income',
] %}
{% set read = numbers + ['reference_date'] %}
{% set texts = [
    'proposal_id', 'customer_id', 'person_home_ownership', 'loan_intent', 'loan_grade',
    'cb_person_default_on_file',
] %}

with raw_rows as (
    select * from {{ raw_rows('credit', 'proposal') }}
),

stated as (
    select
        *,
        {%- for column in texts + read %}
        {{ stated_text(column ~ '_text', is_read=column in read) }} as {{ column }}_stated,
        {%- endfor %}
        {{ known_sender() }} as known_sender,
        {{ decimal_mark_of_sender('sender') }} as decimal_mark
    from raw_rows
),

numbered as (
    select
        {%- for column in numbers %}
        {{ number_text(column ~ '_stated', 'decimal_mark') }} as {{ column }}_number,
        {%- endfor %}
        *
    from stated
),

typed as (
    select
        *,
        {{ as_timestamp('recorded_at_text') }} as recorded_at,
        coalesce(
            proposal_id_stated,
            {{ dbt.hash("content_hash || '/' || cast(source_row as " ~ dbt.type_string() ~ ")") }}
        ) as proposal_id,
        coalesce(
            {{ try_date('reference_date_stated') }},
            case when reference_date_stated is null then cast(ingest_date as date) end
        ) as reference_date,
        {{ whole_number('person_age_number') }} as stated_age,
        {{ whole_number('person_income_number') }} as stated_income,
        try_cast(person_emp_length_number as decimal(18, 6)) as stated_emp_length,
        {{ whole_number('loan_amnt_number') }} as stated_amnt,
        try_cast(loan_int_rate_number as decimal(18, 6)) as stated_int_rate,
        {{ whole_number('cb_person_cred_hist_length_number') }} as stated_hist_length,
        {{ whole_number('loan_status_number') }} as stated_status,
        try_cast(loan_percent_income_number as decimal(24, 18)) as stated_percent_income
    from numbered
),

possible as (
    select
        *,
        case when stated_age between 18 and 100 then stated_age end as person_age,
        case when stated_income > 0 then stated_income end as person_income,
        case
            when
                stated_emp_length >= 0
                -- No age that is possible allows more, so an unknown one does not either.
                and stated_emp_length
                <= case when stated_age between 18 and 100 then stated_age else 100 end - 14
                then stated_emp_length
        end as person_emp_length,
        case when stated_amnt > 0 then stated_amnt end as loan_amnt,
        case when stated_int_rate between 0 and 100 then stated_int_rate end as loan_int_rate,
        case when stated_status in (0, 1) then stated_status end as loan_status,
        case when stated_hist_length >= 0 then stated_hist_length end as cb_person_cred_hist_length
    from typed
),

flagged as (
    select
        *,
        cast(
            year(reference_date) * 10000 + month(reference_date) * 100 + day(reference_date)
            as integer
        ) as anomesdia,
        {{ flag_list({
            'person_age': 'person_age_stated is not null and person_age is null',
            'person_income': 'person_income_stated is not null and person_income is null',
            'person_emp_length': 'person_emp_length_stated is not null and person_emp_length is null',
            'loan_amnt': 'loan_amnt_stated is not null and loan_amnt is null',
            'loan_int_rate': 'loan_int_rate_stated is not null and loan_int_rate is null',
            'cb_person_cred_hist_length': 'cb_person_cred_hist_length_stated is not null '
                ~ 'and cb_person_cred_hist_length is null',
            'loan_status': 'loan_status_stated is not null and loan_status is null',
        }) }} as invalid_columns,
        -- |delivered - amount / income| > 0.01 without a division.
        loan_amnt is not null
        and person_income is not null
        and loan_percent_income_stated is not null
        and coalesce(
            abs(
                stated_percent_income * cast(person_income as decimal(12, 0))
                - cast(loan_amnt as decimal(12, 0))
            ) > cast(person_income as decimal(12, 0)) * cast(0.01 as decimal(3, 2)),
            true
        ) as is_percent_income_different,
        {{ rejection_reason({
            'missing_key': ['proposal_id is null'],
            'unparsable_date': ['reference_date is null'],
        }) }} as reason_code
    from possible
),

staged as (
    select
        load_id,
        ingest_date,
        source_file,
        source_row,
        recorded_at,
        reason_code,
        known_sender || '/' || cast(anomesdia as {{ dbt.type_string() }}) || '/' || proposal_id
            as record_key,
        known_sender || '/' || cast(anomesdia as {{ dbt.type_string() }}) as extract_scope,
        max(case when anomesdia is null then 1 else 0 end) over (
            partition by load_id, ingest_date
        ) = 0 as is_full_extract,
        known_sender as sender,
        proposal_id,
        customer_id_stated as customer_id,
        reference_date,
        anomesdia,
        person_age,
        person_income,
        {{ spelling_key('person_home_ownership_stated', 'upper') }} as person_home_ownership,
        person_emp_length,
        {{ spelling_key('loan_intent_stated', 'upper') }} as loan_intent,
        {{ spelling_key('loan_grade_stated', 'upper') }} as loan_grade,
        loan_amnt,
        loan_int_rate,
        loan_status,
        {{ spelling_key('cb_person_default_on_file_stated', 'upper') }}
            as cb_person_default_on_file,
        cb_person_cred_hist_length,
        invalid_columns,
        {{ flag_list({
            'invalid_value': 'invalid_columns is not null',
            'derived_value_differs': 'is_percent_income_different',
        }) }} as flags,
        case
            when reason_code is not null
                then {{ row_as_json([
                    'proposal_id', 'customer_id', 'reference_date', 'person_age', 'person_income',
                    'person_home_ownership', 'person_emp_length', 'loan_intent', 'loan_grade',
                    'loan_amnt', 'loan_int_rate', 'loan_status', 'loan_percent_income',
                    'cb_person_default_on_file', 'cb_person_cred_hist_length'
                ], masked=['customer_id']) }}
        end as rejected_row
    from flagged
)

select * from staged

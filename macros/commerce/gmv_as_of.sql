{#
    gmv_as_of(known_on, month) -> select with gmv_date, subsidiary, gmv_amount, purchase_count, is_final
    The GMV as we knew it at the end of the day `known_on` (ISO date), whatever has become known since;
    month (`YYYY-MM`) limits it to the business days of one month.
    is_final: the tables have all of that day, so the answer stays. The day lies before the run date of the run
    of the whole project that passed last (`reflected_run`); today's date would not do, because what came late
    on a day may not have been built yet. False where none has passed.
    *Raises* if known_on is no ISO date or month is no `YYYY-MM`.
#}
{% macro gmv_as_of(known_on, month=none) -%}
    {%- if month is not none -%}
        {%- if not modules.re.fullmatch('[0-9]{4}-(0[1-9]|1[0-2])', month | string) -%}
            {{ exceptions.raise_compiler_error("The month of gmv_as_of must be YYYY-MM, got '" ~ month ~ "'.") }}
        {%- endif -%}
    {%- endif -%}
    select
        gmv_date,
        subsidiary,
        gmv_amount,
        purchase_count,
        coalesce(last_passed.run_date > '{{ iso_date('known_on', known_on) }}', false) as is_final
    from {{ ref('fct_commerce__gmv_daily') }} as gmv_daily
    cross join (
        select max_by(run_date, run_number) as run_date
        from {{ reflected_run_relation() if execute else 'none' }}
        where state = 'passed'
    ) as last_passed
    where
        {{ state_holds('gmv_daily', "date '" ~ iso_date('known_on', known_on) ~ "'") }}
        and purchase_count > 0
        {%- if month is not none %}
        and substr(cast(gmv_date as {{ dbt.type_string() }}), 1, 7) = '{{ month }}'
        {%- endif %}
{%- endmacro %}

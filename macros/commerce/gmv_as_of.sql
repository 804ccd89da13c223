{#
    gmv_as_of(known_on, month) -> select with gmv_date, subsidiary, gmv_amount, purchase_count
    The GMV as we knew it at the end of the day `known_on` (ISO date), whatever has become known since;
    month (`YYYY-MM`) limits it to the business days of one month.
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
        purchase_count
    from {{ ref('fct_commerce__gmv_daily') }} as gmv_daily
    where
        {{ state_holds('gmv_daily', "date '" ~ iso_date('known_on', known_on) ~ "'") }}
        and purchase_count > 0
        {%- if month is not none %}
        and substr(cast(gmv_date as {{ dbt.type_string() }}), 1, 7) = '{{ month }}'
        {%- endif %}
{%- endmacro %}

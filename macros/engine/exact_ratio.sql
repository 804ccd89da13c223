{#
    exact_ratio(numerator, denominator, scale) -> decimal(18, scale), null where either is null or the
    denominator is 0
    The quotient of two exact numbers (integers, or decimals of at most six places and 12 digits before
    them), rounded once, half away from zero. In whole numbers of the sixth decimal, because the engines
    divide decimals differently: DuckDB by way of a double, Spark and Trino to scales of their own.
    *Raises* on a scale outside 0 to 6.
#}
{% macro exact_ratio(numerator, denominator, scale) -%}
    {%- if scale not in [0, 1, 2, 3, 4, 5, 6] -%}
        {{ exceptions.raise_compiler_error("exact_ratio rounds to a scale from 0 to 6, got '" ~ scale ~ "'.") }}
    {%- endif -%}
    {{ return(adapter.dispatch('exact_ratio', 'lakehouse')(numerator, denominator, scale)) }}
{%- endmacro %}

{% macro default__exact_ratio(numerator, denominator, scale) -%}
    {{ unknown_engine('exact_ratio') }}
{%- endmacro %}

{% macro duckdb__exact_ratio(numerator, denominator, scale) -%}
    {%- set n = "cast(cast(" ~ numerator ~ " as decimal(28, 6)) * cast(1000000 as decimal(8, 0)) as hugeint)" -%}
    {%- set d = "cast(cast(" ~ denominator ~ " as decimal(28, 6)) * cast(1000000 as decimal(8, 0)) as hugeint)" -%}
    cast(
        cast(
            sign({{ n }}) * sign({{ d }})
            * ((2 * abs({{ n }}) * {{ 10 ** scale }} + abs({{ d }})) // nullif(2 * abs({{ d }}), 0))
            as decimal(30, 0)
        ) * cast({{ '1' if scale == 0 else '0.' ~ '0' * (scale - 1) ~ '1' }} as decimal(7, 6))
        as decimal(18, {{ scale }})
    )
{%- endmacro %}

{% macro athena__exact_ratio(numerator, denominator, scale) -%}
    cast(
        cast(cast({{ numerator }} as decimal(28, 6)) * {{ 10 ** (6 + scale) }} as decimal(38, 0))
        / nullif(cast(cast({{ denominator }} as decimal(28, 6)) * 1000000 as decimal(38, 0)), 0)
        * decimal '{{ '1' if scale == 0 else '0.' ~ '0' * (scale - 1) ~ '1' }}'
        as decimal(18, {{ scale }})
    )
{%- endmacro %}

{% macro glue__exact_ratio(numerator, denominator, scale) -%}
    {%- set n = "cast(cast(" ~ numerator ~ " as decimal(28, 6)) * 1000000 as decimal(38, 0))" -%}
    {%- set d = "cast(cast(" ~ denominator ~ " as decimal(28, 6)) * 1000000 as decimal(38, 0))" -%}
    {#- Not sign(), which answers a double there. -#}
    cast(
        cast(
            case when {{ n }} < 0 then -1 else 1 end * case when {{ d }} < 0 then -1 else 1 end
            * ((2 * abs({{ n }}) * {{ 10 ** scale }} + abs({{ d }})) div nullif(2 * abs({{ d }}), 0))
            as decimal(30, 0)
        ) * cast('{{ '1' if scale == 0 else '0.' ~ '0' * (scale - 1) ~ '1' }}' as decimal(7, 6))
        as decimal(18, {{ scale }})
    )
{%- endmacro %}

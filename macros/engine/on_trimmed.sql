{#
    on_trimmed(x, first, odd, body) -> the value of `body`, in which GIVEN stands for the text x as `trimmed`
    x: SQL of a text; body: SQL; first: branches of a `case`, what nearly all texts
    are; odd: pattern of a text for which the body is worth its while, none for all others that are not
    empty. Both save time on DuckDB alone, which sets up `bound` anew for every two thousand rows. They
    must say nothing that the body does not say. Elsewhere the body is written short: statements may not be
    longer than Glue takes.
#}
{% macro on_trimmed(x, first, odd, body) -%}
    {{ return(adapter.dispatch('on_trimmed', 'lakehouse')(x, first, odd, body)) }}
{%- endmacro %}

{% macro default__on_trimmed(x, first, odd, body) -%}
    {{ unknown_engine('on_trimmed') }}
{%- endmacro %}

{% macro duckdb__on_trimmed(x, first, odd, body) -%}
    case
        {{ first }}
        {%- if odd is none %}
        when {{ regexp_matched(x, '^[!-~]+( [!-~]+)?$') }} then {{ body | replace('GIVEN', x) }}
        {%- endif %}
        when {{ regexp_matched(x, odd) if odd is not none else x ~ " <> ''" }}
            then {{ bound(trimmed(x), 'v', body | replace('GIVEN', 'v')) }}
    end
{%- endmacro %}

{% macro athena__on_trimmed(x, first, odd, body) -%}
    {{ bound(trimmed(x), 'v', modules.re.sub('[\\n ]+', ' ', body | replace('GIVEN', 'v'))) }}
{%- endmacro %}

{% macro glue__on_trimmed(x, first, odd, body) -%}
    {{ athena__on_trimmed(x, first, odd, body) }}
{%- endmacro %}

{#
    number_text(x, decimal_mark) -> text with a decimal point, null where x is no number of its sender
    x: column of trimmed text; decimal_mark: SQL of '.' or ','. At most 12 digits before the mark and 18
    after it, besides zeros that say nothing, which are left out where there is a mark, so that a whole
    number is written as one. An exponent is understood. No blanks, signs but a minus, or grouping:
    `1.234` of a sender who writes decimal commas is no number, since it may mean either.
#}
{% macro number_text(x, decimal_mark) -%}
    {%- set short -%}
        regexp_extract(p, '^-?', 0) || case
            when {{ regexp_matched('p', '^-?0*[0-9]{1,12}([.]0*)?$') }}
                then regexp_extract(p, '^-?0*([0-9]{1,12})', 1)
            when {{ regexp_matched('p', '^-?0*[0-9]{1,12}[.][0-9]{0,17}[1-9]0*$') }}
                then regexp_extract(p, '^-?0*([0-9]+[.][0-9]*[1-9])', 1)
        end
    {%- endset -%}
    {%- set plain = "case when " ~ regexp_matched('v', '^-?[0-9]+([.][0-9]+)?$') ~ " then v else " ~ exponent_text('v') ~ " end" -%}
    {%- set pointed = "replace(" ~ x ~ ", " ~ decimal_mark ~ ", '.')" -%}
    case
        when {{ regexp_matched(x, '^-?[0-9]{1,12}$') }} then {{ x }}
        when {{ decimal_mark }} = '.' or position('.' in {{ x }}) = 0
            then {{ modules.re.sub('[\\n ]+', ' ', bound(bound(pointed, 'v', plain), 'p', short)) }}
    end
{%- endmacro %}

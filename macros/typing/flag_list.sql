{#
    flag_list(flags) -> text, the codes whose condition holds, in the given order joined by ',', or null
    flags: dict of flag code -> SQL condition (a null condition does not hold).
#}
{% macro flag_list(flags) -%}
    nullif(substr(
        {%- for code, condition in flags.items() %}
        case when {{ condition }} then ',{{ code }}' else '' end{{ ' ||' if not loop.last }}
        {%- endfor %},
        2
    ), '')
{%- endmacro %}

{#
    plain_text(x) -> text trimmed and without Latin accents, null where nothing is left
    For comparing free text against a list; put `lower` or `upper` around it. chr(1) and chr(31) are
    taken out: `row_content` uses them as marks that no value may hold. Nearly all values are bare
    ASCII words and pass through: `translate` is the slowest function of the staging otherwise.
#}
{% macro plain_text(x) -%}
    case
        when {{ regexp_matched(x, '^[A-Za-z0-9_]+$') }} then {{ x }}
        else nullif(translate(
            {{ trimmed("replace(replace(" ~ x ~ ", chr(1), ''), chr(31), '')") }},
            'áàâãäåéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ',
            'aaaaaaeeeeiiiiooooouuuucnAAAAAAEEEEIIIIOOOOOUUUUCN'
        ), '')
    end
{%- endmacro %}

{#
    unaccented(x) -> text trimmed and without Latin accents, null where nothing is left
    For comparing free text against a list; put `lower` or `upper` around it. Marks are taken out, see
    `kept_text`. Nearly all values are bare ASCII words and pass through: `translate` is the slowest
    function of the staging otherwise.
#}
{% macro unaccented(x) -%}
    case
        when {{ regexp_matched(x, '^[A-Za-z0-9_]+$') }} then {{ x }}
        else translate(
            {{ kept_text(x) }},
            'áàâãäåéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ',
            'aaaaaaeeeeiiiiooooouuuucnAAAAAAEEEEIIIIOOOOOUUUUCN'
        )
    end
{%- endmacro %}

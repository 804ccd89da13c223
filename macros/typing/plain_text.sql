{#
    plain_text(x) -> text trimmed and without Latin accents, null where nothing is left
    For comparing free text against a list; put `lower` or `upper` around it.
#}
{% macro plain_text(x) -%}
    nullif(translate(
        {{ trimmed(x) }},
        'áàâãäåéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ',
        'aaaaaaeeeeiiiiooooouuuucnAAAAAAEEEEIIIIOOOOOUUUUCN'
    ), '')
{%- endmacro %}

{#
    known_share_classes() -> list of the share classes that B3's compositions hold
    Common, preferred and its lettered classes, units, fund shares, and receipts of foreign shares: sponsored of
    three levels, not sponsored, and of funds. Another class is kept and flagged.
#}
{% macro known_share_classes() -%}
    {{ return([
        'ON', 'PN', 'PNA', 'PNB', 'PNC', 'PND', 'PNE', 'PNF', 'PNG', 'PNH', 'UNT', 'CI',
        'DR1', 'DR2', 'DR3', 'DRN', 'DRE'
    ]) }}
{%- endmacro %}

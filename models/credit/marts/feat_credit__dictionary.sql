-- Grain: one row per column of feat_credit__proposal. Made of the same declarations as the table,
-- without a query: reads no rows.

{% set columns = credit_feature_columns() + [{
    'name': 'is_removed', 'type': 'boolean', 'kind': 'technical', 'source_column': none,
    'rule': 'false in every stored row', 'values': none,
}] %}

with feature_column as (
    {% for column in columns %}
    {% set source_column = column.source_column or '' %}
    {% set declared_values = (column['values'] or []) | join(',') %}
    select
        '{{ column.name }}' as feature_name,
        {{ loop.index }} as posicao,
        '{{ column.kind }}' as feature_kind,
        '{{ column.type }}' as data_type,
        nullif('{{ source_column }}', '') as source_column,
        '{{ column.rule }}' as feature_rule,
        nullif('{{ declared_values }}', '') as declared_values
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

dictionary as (
    select
        feature_name,
        cast(posicao as bigint) as posicao,
        feature_kind,
        data_type,
        source_column,
        feature_rule,
        declared_values,
        cast({{ credit_declarations().version }} as bigint) as declaration_version
    from feature_column
)

select * from dictionary

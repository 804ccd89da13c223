-- Grain: one row per column of feat_credit__proposal. Made of the same declarations as the table,
-- without a query: reads no rows.

{% set columns = credit_feature_columns() + [{
    'name': 'is_removed', 'type': 'boolean', 'kind': 'technical', 'source_column': none,
    'rule': 'false in every stored row', 'values': none,
}] %}

with feature_column as (
    select listed.*
    from (
        values
        {% for column in columns %}
        {% set source_column = column.source_column or '' %}
        {% set declared_values = (column['values'] or []) | join(',') %}
        (
            '{{ column.name }}',
            {{ loop.index }},
            '{{ column.kind }}',
            '{{ column.type }}',
            nullif('{{ source_column }}', ''),
            '{{ column.rule }}',
            nullif('{{ declared_values }}', '')
        ){{ ',' if not loop.last }}
        {% endfor %}
    ) as listed (
        feature_name,
        posicao,
        feature_kind,
        data_type,
        source_column,
        feature_rule,
        declared_values
    )
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

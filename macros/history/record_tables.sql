{#
    record_tables() -> dict domain -> dict entity -> name of its record table: everything that is received
    The one place that lists what the project takes. Load tables, the status of rows and quality follow it.
    `dbt` learns from it which models they read, so it is written out: neither sources nor models are at
    hand while dbt parses. Manifest checks hold it against the sources YAML.
#}
{% macro record_tables() -%}
    {{ return({
        'commerce': {
            'order_transaction_cost_hist': 'int_commerce__order_transaction_cost',
            'product_item': 'int_commerce__product_item',
            'purchase_extra_info': 'int_commerce__purchase_extra_info',
            'purchase': 'int_commerce__purchase',
        },
        'education': {
            'aluno': 'int_education__aluno',
            'escola': 'int_education__escola',
            'nota': 'int_education__nota',
        },
        'market': {
            'carteira': 'int_market__carteira',
        },
        'retail': {
            'categoria': 'int_retail__categoria',
            'funcionario': 'int_retail__funcionario',
            'venda': 'int_retail__venda',
        },
        'credit': {
            'proposal': 'int_credit__proposal',
        },
    }) }}
{%- endmacro %}

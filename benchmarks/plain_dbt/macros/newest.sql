{#
    newest(relation, key) -> select of the newest event per key; in an increment only of loads after the
    newest one in the table, the high-water mark that people write
#}
{% macro newest(relation, key) -%}
    select *
    from {{ relation }}
    {% if is_incremental() -%}
    where recorded_at > (select max(recorded_at) from {{ this }})
    {%- endif %}
    qualify row_number() over (
        partition by {{ key }} order by transaction_datetime desc, recorded_at desc
    ) = 1
{%- endmacro %}

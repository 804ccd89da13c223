{#
    extract_touched(received, entity) -> select of record keys, for `record_events(also_touched=…)`
    The keys of every scope in which a new load is a full extract: its rows speak of the records they
    hold and, by being silent, of those they do not. Only in an incremental run.
#}
{% macro extract_touched(received, entity) -%}
    select record_key
    from {{ received }}
    where extract_scope in (
        select {{ received }}.extract_scope
        from {{ received }}
        where {{ received }}.is_full_extract and {{ in_new_load(received, entity) }}
    )
{%- endmacro %}

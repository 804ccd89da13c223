{#
    is_cancelled(purchase_status) -> boolean, never null
    The status, already without case, accents and blanks, is one of `commerce_excluded_statuses`. A null
    status counts as not cancelled.
    *Raises* if the variable is no list.
#}
{% macro is_cancelled(purchase_status) -%}
    {%- set statuses = var('commerce_excluded_statuses') -%}
    {%- if statuses is string or statuses is not sequence -%}
        {{ exceptions.raise_compiler_error("The variable 'commerce_excluded_statuses' must be a list of statuses, got '" ~ statuses ~ "'.") }}
    {%- endif -%}
    {%- if statuses -%}
    coalesce({{ purchase_status }} in (
        {%- for status in statuses -%} {{ spelling_key(text_literal(status), 'upper') }}{{ ', ' if not loop.last }} {%- endfor -%}
    ), false)
    {%- else -%}
    false
    {%- endif -%}
{%- endmacro %}

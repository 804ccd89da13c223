{#
    holds: every row obeys every rule; a rule that is null counts as broken. Fails with one row per rule:
    its name and how many rows break it (a row that breaks several counts for the first). One test and
    one scan per table.
    rules: dict of name -> SQL condition.
#}
{% test holds(model, rules) %}
with judged as (
    select
        case
            {%- for name, condition in rules.items() %}
            when not coalesce({{ condition }}, false) then '{{ name }}'
            {%- endfor %}
        end as broken_rule
    from {{ model }}
)

select
    broken_rule,
    count(*) as row_count
from judged
where broken_rule is not null
group by broken_rule
{% endtest %}

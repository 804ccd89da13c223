-- What a model is trained with: each known target with the features as they were known on the day
-- we learned it. With labels of your own, such as all targets dated on one day:
-- dbt show --inline "{{ '{{' }} training_set('(select ... as label_date ...)') {{ '}}' }}"
{{ config(group='credit', docs={'node_color': '#3f5566'}) }}

{{ training_set() }}

-- What was January's GMV, as we knew it on 31 March? And what is it for other days and months:
-- dbt show --inline "{{ '{{' }} gmv_as_of('2023-03-31', '2023-01') {{ '}}' }}"
{{ config(docs={'node_color': '#3f5566'}) }}

{{ gmv_as_of('2023-03-31', '2023-01') }}

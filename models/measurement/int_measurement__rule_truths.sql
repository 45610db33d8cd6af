{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

{%- set base_sets = segmentation.rule_set_names()
    | reject('equalto', 'primary') | list %}

with customers as (

    select
        layered.*,
        coalesce(layered.revenue_365d, layered.revenue) as at_stake_revenue
    from {{ ref('int_segments__layered_customers') }} as layered
    where
        layered.as_of_date = {{ segmentation.as_of_date() }}
        and layered.is_profiled

),

base_rules as (

    select
        {% for set_name in base_sets %}
        {{ segmentation.rule_columns(set_name) }},
        {% endfor %}
        customers.*
    from customers

),

base_codes as (

    select
        {% for set_name in base_sets %}
        {{ segmentation.code_columns(set_name) }},
        {% endfor %}
        base_rules.*
    from base_rules

),

primary_rules as (

    select
        {{ segmentation.rule_columns('primary') }},
        base_codes.*
    from base_codes

),

final as (

    select
        {{ segmentation.code_columns('primary') }},
        primary_rules.*
    from primary_rules

)

select * from final

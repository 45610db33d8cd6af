{{ segmentation.state_config(
    'identity', touched='int_identity__touched_customers', state_key=['customer_id']
) }}
{{ config(contract={'enforced': true}) }}

{%- set run = segmentation.run_to_continue() %}

{%- set parts = segmentation.address_parts() %}

with customers as (

    select distinct map.customer_id
    from {{ ref('identity__customer_map') }} as map
    {{ segmentation.only_touched('map', run) }}

),

sources as (

    select golden_record_sources.*
    from {{ ref('identity__golden_record_sources') }} as golden_record_sources
    {{ segmentation.only_touched('golden_record_sources', run) }}

),

pivoted as (

    select
        customer_id,
        {% for field in segmentation.survivorship_fields() if field != 'address' %}
        max(case when field = '{{ field }}' then value end) as {{ field }},
        {% endfor %}
        sum(case when rival_value_count > 0 then 1 else 0 end)
            as contested_field_count
    from sources
    group by customer_id

),

-- All parts come from the one record that the address was chosen from.
addresses as (

    select
        {% for part in parts %}
        records.{{ part }},
        {% endfor %}
        sources.customer_id
    from sources
    inner join {{ ref('int_identity__current_records') }} as records
        on
            sources.source_system = records.source_system
            and sources.source_customer_id = records.source_customer_id
    where sources.field = 'address'

),

final as (

    select
        customers.customer_id,
        pivoted.account_id,
        pivoted.email,
        pivoted.phone,
        pivoted.first_name,
        pivoted.last_name,
        pivoted.gender,
        {% for part in parts %}
        addresses.{{ part }},
        {% endfor %}
        pivoted.job_title,
        cast(coalesce(pivoted.contested_field_count, 0) as bigint)
            as contested_field_count,
        cast(pivoted.birth_date as date) as birth_date
    from customers
    left join pivoted
        on customers.customer_id = pivoted.customer_id
    left join addresses
        on customers.customer_id = addresses.customer_id

)

select * from final

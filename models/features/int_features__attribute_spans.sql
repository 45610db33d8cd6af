{{ segmentation.state_config(
    'internal', touched='int_identity__touched_customers', state_key=['customer_id']
) }}

{%- set run = segmentation.run_to_continue() %}

with stated as (

    select
        source_system,
        source_customer_id,
        attribute_name,
        attribute_value,
        {{ segmentation.local_date('observed_at') }} as observed_date,
        {{ segmentation.local_date('expires_at') }} as expired_date,
        observed_at
    from {{ ref('input__customer_attributes') }}
    where attribute_value is not null
    {% for name in ['gender', 'region', 'country_code', 'birth_date'] %}
    union all
    select
        source_system,
        source_customer_id,
        '{{ name }}' as attribute_name,
        cast({{ name }} as {{ dbt.type_string() }}) as attribute_value,
        {{ segmentation.local_date('updated_at') }} as observed_date,
        cast(null as date) as expired_date,
        updated_at as observed_at
    from {{ ref('input__customer_records') }}
    where {{ name }} is not null and not coalesce(is_deleted, false)
    {% endfor %}

),

-- One value per customer, attribute and day: the last seen, ties by value.
ranked as (

    select
        map.customer_id,
        stated.attribute_name,
        stated.attribute_value,
        coalesce(stated.observed_date, cast('1900-01-01' as date)) as valid_from,
        stated.expired_date,
        row_number() over (
            partition by
                map.customer_id,
                stated.attribute_name,
                coalesce(stated.observed_date, cast('1900-01-01' as date))
            order by
                coalesce(stated.observed_at, cast('1900-01-01' as timestamp)) desc,
                {{ segmentation.binary_order('stated.attribute_value') }} asc,
                case when stated.expired_date is null then 0 else 1 end asc,
                stated.expired_date desc
        ) as day_rank
    from stated
    inner join {{ ref('identity__customer_map') }} as map
        on
            stated.source_system = map.source_system
            and stated.source_customer_id = map.source_customer_id
    {{ segmentation.only_touched('map', run) }}

),

final as (

    select
        customer_id,
        attribute_name,
        attribute_value,
        valid_from,
        expired_date,
        lead(valid_from) over (
            partition by customer_id, attribute_name
            order by valid_from asc
        ) as replaced_date
    from ranked
    where day_rank = 1

)

select * from final

{{ config(meta={'explains': true}) }}

with population as (

    select
        customer_id,
        as_of_date
    from {{ ref('int_features__population') }}
    where not is_reference

),

final as (

    select
        'Customer ' || coalesce(population.customer_id, memberships.customer_id)
        || case
            when memberships.customer_id is null then ' has no membership'
            else ' has a membership without being in the population'
        end
        || ' at ' || cast(
            coalesce(population.as_of_date, memberships.as_of_date)
            as {{ dbt.type_string() }}
        ) || '.' as message
    from population
    full outer join {{ ref('segments__memberships') }} as memberships
        on
            population.customer_id = memberships.customer_id
            and population.as_of_date = memberships.as_of_date
    where population.customer_id is null or memberships.customer_id is null

)

select * from final

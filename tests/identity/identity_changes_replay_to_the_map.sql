{{ config(meta={'explains': true}) }}

{#- Not where a build of the past or of a sample recorded nothing. -#}
with changes as (

    select * from {{ ref('identity__changes') }}

),

replayed as (

    {{ segmentation.latest_customers('changes') }}

),

different as (

    select coalesce(replayed.source_system, map.source_system) as source_system
    from replayed
    full outer join {{ ref('identity__customer_map') }} as map
        on
            replayed.source_system = map.source_system
            and replayed.source_customer_id = map.source_customer_id
    where
        coalesce(replayed.customer_id, '') <> coalesce(map.customer_id, '')
        and not exists (
            select 1
            from changes
            where changes.as_of_date > {{ segmentation.as_of_date() }}
        )
        {%- if segmentation.is_sample() %}
        and 1 = 0
        {%- endif %}

),

final as (

    select
        source_system || ': ' || cast(count(*) as {{ dbt.type_string() }})
        || ' records have another customer in identity__customer_map than in their '
        || 'last row of identity__changes. Build identity__changes with the map, and '
        || 'change none of its rows.' as message
    from different
    group by source_system

)

select * from final

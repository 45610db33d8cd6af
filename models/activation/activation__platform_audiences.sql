{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}

with audience_platforms as (

    {{ segmentation.audience_platforms() }}

),

countries as (

    select
        platform,
        audience_code,
        country,
        count(distinct person_id) as country_person_count
    from {{ ref('activation__platform_members') }}
    where country is not null
    group by platform, audience_code, country

),

largest as (

    select
        platform,
        audience_code,
        max(country_person_count) as largest_country_person_count
    from countries
    group by platform, audience_code

),

members as (

    select
        platform,
        audience_code,
        count(*) as member_count,
        count(distinct person_id) as person_count
    from {{ ref('activation__platform_members') }}
    group by platform, audience_code

),

joined as (

    select
        audience_platforms.audience_code,
        audience_platforms.platform,
        audiences.audience_kind,
        audiences.status,
        coalesce(members.member_count, 0) as member_count,
        coalesce(members.person_count, 0) as person_count,
        coalesce(largest.largest_country_person_count, 0)
            as largest_country_person_count,
        case
            when audiences.audience_kind = 'seed' then limits.minimum_seed_members
            else limits.minimum_members
        end as platform_minimum
    from audience_platforms
    inner join {{ ref('activation__audiences') }} as audiences
        on audience_platforms.audience_code = audiences.audience_id
    inner join {{ ref('platform_limits') }} as limits
        on audience_platforms.platform = limits.platform
    left join members
        on
            audience_platforms.platform = members.platform
            and audience_platforms.audience_code = members.audience_code
    left join largest
        on
            audience_platforms.platform = largest.platform
            and audience_platforms.audience_code = largest.audience_code

),

final as (

    select
        audience_code,
        platform,
        audience_kind,
        cast(
            case
                when status <> 'active' then 'not_sent'
                when audience_kind = 'exclude' then 'eligible'
                -- Lookalikes are sought in a country at a time.
                when
                    audience_kind = 'seed'
                    and largest_country_person_count < platform_minimum
                    then 'below_platform_minimum'
                when person_count < platform_minimum then 'below_platform_minimum'
                else 'eligible'
            end as {{ text }}
        ) as eligibility,
        cast(member_count as {{ dbt.type_bigint() }}) as member_count,
        cast(person_count as {{ dbt.type_bigint() }}) as person_count,
        cast(largest_country_person_count as {{ dbt.type_bigint() }})
            as largest_country_person_count,
        platform_minimum,
        -- The platform counts whom it knows: of fewer sent the share must be larger.
        case
            when person_count >= platform_minimum and person_count > 0
                then {{ segmentation.ratio('platform_minimum', 'person_count') }}
        end as least_match_rate
    from joined

)

select * from final

{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}

with released as (

    select
        released.*,
        row_number() over (
            partition by platform, audience_code, member_hash
            order by change_number desc
        ) as recency_rank
    from {{ ref('activation__released_changes') }} as released

),

-- What platforms hold now.
held as (

    select
        platform,
        audience_code,
        audience_kind,
        member_hash,
        refresh_epoch
    from released
    where recency_rank = 1 and change_type <> 'removed'

),

synced as (

    select distinct
        platform,
        audience_code
    from released

),

numbers as (

    select coalesce(max(change_number), 0) + 1 as change_number
    from released

),

compared as (

    select
        coalesce(members.platform, held.platform) as platform,
        coalesce(members.audience_code, held.audience_code) as audience_code,
        coalesce(members.audience_kind, held.audience_kind) as audience_kind,
        coalesce(members.member_hash, held.member_hash) as member_hash,
        members.consent_references,
        members.refresh_epoch,
        case
            when members.member_hash is null then 'removed'
            when held.member_hash is null then 'added'
            when members.refresh_epoch <> held.refresh_epoch then 'refreshed'
        end as change_type
    from {{ ref('activation__platform_members') }} as members
    full outer join held
        on
            members.platform = held.platform
            and members.audience_code = held.audience_code
            and members.member_hash = held.member_hash

),

-- The next change set; nothing where nothing differs.
pending as (

    select
        numbers.change_number,
        compared.platform,
        compared.audience_code,
        compared.audience_kind,
        compared.member_hash,
        compared.change_type,
        compared.consent_references,
        compared.refresh_epoch,
        synced.audience_code is null as is_first_sync
    from compared
    cross join numbers
    left join synced
        on
            compared.platform = synced.platform
            and compared.audience_code = synced.audience_code
    where compared.change_type is not null

),

final as (

    select
        change_number,
        platform,
        audience_code,
        audience_kind,
        member_hash,
        change_type,
        consent_references,
        refresh_epoch,
        is_first_sync
    from released
    union all
    select
        change_number,
        platform,
        audience_code,
        audience_kind,
        member_hash,
        cast(change_type as {{ text }}) as change_type,
        consent_references,
        refresh_epoch,
        is_first_sync
    from pending

)

select * from final

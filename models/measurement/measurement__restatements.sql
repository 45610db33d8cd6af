{{ config(
    materialized='view', schema=segmentation.segmentation_schema('ledger')
) }}

{%- set sets = segmentation.segment_sets() %}

with versions as (

    select * from {{ ref('int_measurement__published_versions') }}
    where change_type <> 'removed'

),

-- What today's panel does not hold cannot be compared.
panel as (

    select distinct as_of_date from {{ ref('segments__memberships') }}

),

published_dates as (

    select
        dates.as_of_date,
        releases.released_at,
        releases.as_of_date = dates.as_of_date as is_current
    from {{ ref('measurement__published_dates') }} as dates
    inner join {{ ref('measurement__releases') }} as releases
        on dates.run_id = releases.run_id
    inner join panel on dates.as_of_date = panel.as_of_date

),

-- Few, whatever the number of customers: which releases a version can have held for.
spans as (

    select distinct
        as_of_date,
        released_at,
        replaced_at
    from versions
    where as_of_date is not null

),

held_spans as (

    select
        spans.as_of_date,
        spans.released_at,
        spans.replaced_at,
        max(published_dates.released_at) as last_published_at
    from spans
    inner join published_dates
        on
            spans.as_of_date = published_dates.as_of_date
            and spans.released_at <= published_dates.released_at
            and (
                spans.replaced_at is null
                or spans.replaced_at > published_dates.released_at
            )
    where not published_dates.is_current
    group by spans.as_of_date, spans.released_at, spans.replaced_at

),

statements as (

    select
        versions.customer_id,
        {% for column in sets.values() %}
        versions.{{ column }},
        {% endfor %}
        published_dates.as_of_date,
        published_dates.released_at as first_published_at,
        published_dates.released_at as last_published_at
    from published_dates
    inner join versions
        on
            published_dates.released_at >= versions.released_at
            and (
                versions.replaced_at is null
                or published_dates.released_at < versions.replaced_at
            )
            and versions.as_of_date is null
    where published_dates.is_current

    union all

    select
        versions.customer_id,
        {% for column in sets.values() %}
        versions.{{ column }},
        {% endfor %}
        versions.as_of_date,
        versions.released_at as first_published_at,
        held_spans.last_published_at
    from versions
    inner join held_spans
        on
            versions.as_of_date = held_spans.as_of_date
            and versions.released_at = held_spans.released_at
            and (
                versions.replaced_at = held_spans.replaced_at
                or (versions.replaced_at is null and held_spans.replaced_at is null)
            )

),

ranked as (

    select
        *,
        row_number() over (
            partition by customer_id, as_of_date order by first_published_at asc
        ) as first_rank,
        row_number() over (
            partition by customer_id, as_of_date order by last_published_at desc
        ) as last_rank
    from statements

),

said as (

    {% for segment_set, column in sets.items() %}
    select
        customer_id as published_customer_id,
        cast('{{ segment_set }}' as {{ dbt.type_string() }}) as segment_set,
        max(case when first_rank = 1 then {{ column }} end) as first_code,
        max(case when last_rank = 1 then {{ column }} end) as last_code,
        as_of_date,
        min(first_published_at) as first_published_at,
        max(last_published_at) as last_published_at
    from ranked
    group by customer_id, as_of_date
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

resolved as (

    select
        said.*,
        coalesce(aliases.customer_id, said.published_customer_id) as customer_id
    from said
    left join {{ ref('identity__aliases') }} as aliases
        on said.published_customer_id = aliases.alias_customer_id

),

compared as (

    select
        resolved.published_customer_id,
        resolved.customer_id,
        resolved.segment_set,
        resolved.first_code,
        resolved.last_code,
        memberships.segment_code as current_code,
        resolved.as_of_date,
        resolved.first_published_at,
        resolved.last_published_at
    from resolved
    left join {{ ref('segments__memberships_long') }} as memberships
        on
            resolved.customer_id = memberships.customer_id
            and resolved.as_of_date = memberships.as_of_date
            and resolved.segment_set = memberships.segment_set

    union all

    select
        cast(null as {{ dbt.type_string() }}) as published_customer_id,
        memberships.customer_id,
        memberships.segment_set,
        cast(null as {{ dbt.type_string() }}) as first_code,
        cast(null as {{ dbt.type_string() }}) as last_code,
        memberships.segment_code as current_code,
        memberships.as_of_date,
        cast(null as {{ dbt.type_timestamp() }}) as first_published_at,
        cast(null as {{ dbt.type_timestamp() }}) as last_published_at
    from {{ ref('segments__memberships_long') }} as memberships
    left join resolved
        on
            memberships.customer_id = resolved.customer_id
            and memberships.as_of_date = resolved.as_of_date
            and memberships.segment_set = resolved.segment_set
    where
        resolved.customer_id is null
        and memberships.as_of_date in (
            select published_dates.as_of_date from published_dates
        )

),

final as (

    select
        published_customer_id,
        customer_id,
        segment_set,
        first_code,
        last_code,
        current_code,
        case
            when published_customer_id is null then 'added'
            when current_code is null then 'gone'
            when published_customer_id <> customer_id then 'id_changed'
            when last_code <> current_code then 'changed'
            when first_code <> current_code then 'restated'
            else 'unchanged'
        end as difference,
        as_of_date,
        first_published_at,
        last_published_at
    from compared

)

select * from final

{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set absent = segmentation.state_number('absent') %}
{%- set empty = segmentation.state_number('empty') %}
{%- set broken = segmentation.state_number('broken') %}
{%- set stale = segmentation.state_number('stale') %}
{%- set unlinked = segmentation.state_number('unlinked') %}
{%- set partial = segmentation.state_number('partial') %}
{%- set live = segmentation.state_number('live') %}

with audit as (

    select * from {{ ref('measurement__source_audit') }}

),

customers as (

    select
        audit.family,
        cast(count(distinct links.customer_id) as bigint) as customer_count
    from {{ ref('int_measurement__source_customers') }} as links
    inner join audit
        on
            links.entity = audit.entity
            and links.source_system = audit.source_system
    group by audit.family

),

totals as (

    select
        family,
        max(case when is_leading then entity end) as leading_entity,
        {% for name in [
            'row', 'used', 'duplicate', 'quarantined', 'key_problem', 'record',
            'usable_record'
        ] %}
        cast(coalesce(sum({{ name }}_count), 0) as bigint) as {{ name }}_count,
        {% endfor %}
        cast(count(distinct entity) as bigint) as entity_count,
        cast(count(distinct case when is_mapped then entity end) as bigint)
            as mapped_entity_count,
        max(identified_customer_count) as identified_customer_count,
        -- What happens day by day tells the freshness, not a list that rarely changes.
        coalesce(
            max(case when is_leading then last_event_date end), max(last_event_date)
        ) as last_event_date,
        max(case when state = 'broken' then 1 else 0 end) as has_broken,
        max(case when is_leading and used_count > 0 then state_number end)
            as best_leading_number,
        -- Silence of a side entity does not count, nor that it is not mapped.
        min(
            case
                when is_leading or state not in ('absent', 'stale') then state_number
            end
        ) as worst_number
    from audit
    group by family

),

judged as (

    select
        totals.*,
        coalesce(customers.customer_count, 0) as customer_count,
        cast(
            case
                when totals.mapped_entity_count = 0 then {{ absent }}
                when totals.has_broken = 1 then {{ broken }}
                when totals.used_count = 0 then {{ empty }}
                when totals.best_leading_number = {{ stale }} then {{ stale }}
                when
                    customers.customer_count is null
                    and totals.best_leading_number is not null
                    then {{ unlinked }}
                when totals.worst_number < {{ live }}
                    then {{ partial }}
                else {{ live }}
            end as bigint
        ) as state_number
    from totals
    left join customers
        on totals.family = customers.family

),

-- The finding of the entity and source that explains the state.
ranked as (

    select
        audit.family,
        audit.entity,
        audit.source_system,
        audit.finding,
        audit.finding_text,
        row_number() over (
            partition by audit.family
            order by
                (audit.state_number = judged.state_number) desc,
                audit.state_number asc,
                case when audit.finding = 'none' then 1 else 0 end asc,
                case when audit.is_leading then 0 else 1 end asc,
                {{ segmentation.binary_order('audit.entity') }} asc,
                {{ segmentation.binary_order('audit.source_system') }} asc
        ) as finding_rank
    from audit
    inner join judged
        on audit.family = judged.family
    where
        audit.is_leading
        or audit.state_number = judged.state_number
        or audit.state not in ('absent', 'stale')

),

final as (

    select
        judged.family,
        judged.leading_entity,
        {{ segmentation.state_name('judged.state_number') }} as state,
        ranked.finding,
        ranked.finding_text,
        ranked.entity as finding_entity,
        ranked.source_system as finding_source_system,
        judged.state_number,
        judged.entity_count,
        judged.mapped_entity_count,
        judged.row_count,
        judged.used_count,
        judged.duplicate_count,
        judged.quarantined_count,
        judged.key_problem_count,
        judged.record_count,
        judged.usable_record_count,
        judged.customer_count,
        judged.identified_customer_count,
        {{ segmentation.days_between(
            'judged.last_event_date', segmentation.as_of_date()
        ) }} as days_behind,
        {{ segmentation.ratio('judged.quarantined_count', 'judged.row_count') }}
            as quarantined_share,
        {{ segmentation.ratio('judged.duplicate_count', 'judged.row_count') }}
            as duplicate_share,
        {{ segmentation.ratio('judged.key_problem_count', 'judged.row_count') }}
            as key_problem_share,
        {{ segmentation.ratio('judged.usable_record_count', 'judged.record_count') }}
            as usable_record_share,
        {{ segmentation.ratio(
            'judged.customer_count', 'judged.identified_customer_count'
        ) }} as customer_share,
        judged.last_event_date
    from judged
    inner join ranked
        on
            judged.family = ranked.family
            and ranked.finding_rank = 1

)

select * from final

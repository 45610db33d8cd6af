{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set max_share = var('segmentation_quarantine_max_share') %}

with facts as (

    select * from {{ ref('int_measurement__source_facts') }}

),

-- The first that applies is what the source is in want of most.
judged as (

    select
        facts.*,
        case
            when not is_mapped then 'not_mapped'
            when quarantined_count > {{ max_share }} * row_count
                then 'quarantined_' || problem_reason
            when used_count = 0 then 'no_rows'
            when identifying_record_count > 0 and usable_record_count = 0
                then 'unusable_identifiers'
            -- Were gaps alike, one in as many as there are would be the longest yet.
            when days_behind > longest_gap_days and event_day_count > 20 then 'stale'
            when customer_count = 0 then 'unlinked'
            when
                identifying_record_count - usable_record_count
                > {{ max_share }} * identifying_record_count
                then 'blocked_identifiers'
            when identifying_record_count = 0 and entity = 'customer_records'
                then 'missing_identifiers'
            when unlicensed_count > 0 then 'unlicensed_enrichment'
            when 2 * duplicate_count >= row_count then 'duplicated_rows'
            else 'none'
        end as finding
    from facts

),

numbered as (

    select
        judged.*,
        {{ segmentation.finding_state('finding') }} as state_number
    from judged

),

final as (

    select
        entity,
        source_system,
        family,
        {{ segmentation.state_name('state_number') }} as state,
        cast(finding as {{ dbt.type_string() }}) as finding,
        cast({{ segmentation.finding_text('finding') }} as {{ dbt.type_string() }})
            as finding_text,
        effect_when_missing,
        state_number,
        row_count,
        kept_count,
        duplicate_count,
        corrected_count,
        excluded_count,
        quarantined_count,
        erased_count,
        used_count,
        key_problem_count,
        record_count,
        identifying_record_count,
        usable_record_count,
        customer_count,
        identified_customer_count,
        enrichment_count,
        unlicensed_count,
        days_behind,
        longest_gap_days,
        {{ segmentation.ratio('quarantined_count', 'row_count') }} as quarantined_share,
        {{ segmentation.ratio('duplicate_count', 'row_count') }} as duplicate_share,
        {{ segmentation.ratio('key_problem_count', 'row_count') }} as key_problem_share,
        {{ segmentation.ratio('usable_record_count', 'record_count') }}
            as usable_record_share,
        {{ segmentation.ratio('customer_count', 'identified_customer_count') }}
            as customer_share,
        is_mapped,
        is_leading,
        used_count > 0 and dated_count = used_count as is_point_in_time,
        first_event_date,
        last_event_date
    from numbered

)

select * from final

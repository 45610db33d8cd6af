{{ config(
    schema=segmentation.segmentation_schema('ledger'), materialized='view'
) }}

{%- set text = dbt.type_string() %}
{%- set codes = segmentation.segment_sets().values() | list + ['behavior_origin'] %}
{%- set in_order = 'order by ' ~ segmentation.binary_order('part') %}

-- Customers who share all codes make one part, however many they are.
with said as (

    select
        run_id,
        coalesce(cast(as_of_date as {{ text }}), 'the day it stood at') as subject,
        {{ segmentation.row_text(
            ['released_at', 'change_type'] + codes
            + ['count(*)', 'sum(cast(' ~ segmentation.hash_number(
                dbt.hash('customer_id')
            ) ~ ' as numeric(38, 0)))']
        ) }} as part,
        count(*) as row_count
    from {{ ref('measurement__published_memberships') }}
    group by
        run_id,
        as_of_date,
        released_at,
        change_type,
        {{ codes | join(',\n        ') }}

),

foreseen as (

    select
        run_id,
        quarter,
        row_hash as part
    from {{ ref('measurement__forecasts') }}

),

contents as (

    select
        run_id,
        cast('memberships' as {{ text }}) as kind,
        subject,
        {{ segmentation.sha256_hex(
            dbt.listagg('part', "''", in_order)
        ) }} as content,
        cast(sum(row_count) as {{ dbt.type_bigint() }}) as row_count
    from said
    group by run_id, subject

    union all

    select
        run_id,
        cast('forecasts' as {{ text }}) as kind,
        quarter as subject,
        {{ segmentation.sha256_hex(
            dbt.listagg('part', "''", in_order)
        ) }} as content,
        count(*) as row_count
    from foreseen
    group by run_id, quarter

    union all

    -- Known to no release yet, or to several.
    select
        cast(null as {{ text }}) as run_id,
        cast('label' as {{ text }}) as kind,
        set_name || '/' || cast(cluster_id as {{ text }}) as subject,
        segment_code as content,
        cast(1 as {{ dbt.type_bigint() }}) as row_count
    from {{ ref('cluster_labels') }}
    where dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}

),

final as (

    select
        run_id,
        {{ segmentation.text_literal(var('segmentation_dataset')) }} as dataset,
        kind,
        subject,
        content,
        row_count
    from contents

)

select * from final

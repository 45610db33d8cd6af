{{ config(
    materialized='view', schema=segmentation.segmentation_schema('ledger')
) }}

with servings as (

    select
        run_id,
        cast(null as {{ dbt.type_string() }}) as rollback_reason,
        released_at as served_from
    from {{ ref('measurement__releases') }}

    union all

    select
        run_id,
        reason as rollback_reason,
        rolled_back_at as served_from
    from {{ ref('measurement__rollbacks') }}

),

bounded as (

    select
        run_id,
        rollback_reason,
        served_from,
        lead(served_from) over (order by served_from asc) as served_to
    from servings

),

final as (

    select
        run_id,
        rollback_reason,
        served_to is null as is_served,
        served_from,
        served_to
    from bounded

)

select * from final

{{ segmentation.lasting_config() }}

{%- set text = dbt.type_string() %}
{%- set recorded_rows = segmentation.recorded_rows(this) %}

{% if recorded_rows %}
with recorded as (

    select
        experiment_code,
        customer_id,
        assigned_date
    from {{ recorded_rows }}

),

{% else %}
with recorded as (

    select
        cast(null as {{ text }}) as experiment_code,
        cast(null as {{ text }}) as customer_id,
        cast(null as date) as assigned_date
    where 1 = 0

),

{% endif %}
-- A customer who was assigned under another id is taken part already.
taken as (

    select distinct
        recorded.experiment_code,
        coalesce(aliases.customer_id, recorded.customer_id) as customer_id
    from recorded
    left join {{ ref('identity__aliases') }} as aliases
        on recorded.customer_id = aliases.alias_customer_id

),

-- A build as of an earlier date than the latest assignment repeats history.
latest as (

    select
        coalesce(max(assigned_date), {{ segmentation.as_of_date() }}) as assigned_date
    from recorded

),

final as (

    select
        cast('{{ segmentation.run_id() }}' as {{ text }}) as run_id,
        cast(candidates.experiment_code as {{ text }}) as experiment_code,
        candidates.customer_id,
        cast(candidates.arm as {{ text }}) as arm,
        candidates.primary_segment,
        cast(candidates.slot as {{ dbt.type_bigint() }}) as slot,
        {{ segmentation.as_of_date() }} as assigned_date
    from {{ ref('int_activation__experiment_candidates') }} as candidates
    inner join latest on {{ segmentation.as_of_date() }} >= latest.assigned_date
    left join taken
        on
            candidates.experiment_code = taken.experiment_code
            and candidates.customer_id = taken.customer_id
    where candidates.is_running and taken.customer_id is null

)

select * from final

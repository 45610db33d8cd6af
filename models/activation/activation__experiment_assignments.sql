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

eligible as (

    {% for experiment in segmentation.experiments() %}
    select
        '{{ experiment.code }}' as experiment_code,
        customers.customer_id,
        customers.primary_segment,
        {{ segmentation.layer_slot(experiment, 'customers.customer_id') }} as slot,
        {{ segmentation.drawn_arm(experiment, 'customers.customer_id') }} as arm
    from {{ ref('int_activation__customers') }} as customers
    inner join {{ ref('contact__reachability') }} as reachability
        on
            customers.customer_id = reachability.customer_id
            and reachability.channel = '{{ experiment.channel }}'
            and reachability.is_reachable
    where
        {{ segmentation.rule_sql(experiment) }}
        and {{ segmentation.layer_slot(experiment, 'customers.customer_id') }}
        between {{ experiment.slots[0] }} and {{ experiment.slots[1] - 1 }}
        and {{ segmentation.experiment_runs(experiment, segmentation.as_of_date()) }}
    union all
    {% endfor %}
    select
        cast(null as {{ text }}) as experiment_code,
        customer_id,
        primary_segment,
        cast(null as {{ dbt.type_bigint() }}) as slot,
        cast(null as {{ text }}) as arm
    from {{ ref('int_activation__customers') }}
    where 1 = 0

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
        cast(eligible.experiment_code as {{ text }}) as experiment_code,
        eligible.customer_id,
        cast(eligible.arm as {{ text }}) as arm,
        eligible.primary_segment,
        cast(eligible.slot as {{ dbt.type_bigint() }}) as slot,
        {{ segmentation.as_of_date() }} as assigned_date
    from eligible
    inner join latest on {{ segmentation.as_of_date() }} >= latest.assigned_date
    left join taken
        on
            eligible.experiment_code = taken.experiment_code
            and eligible.customer_id = taken.customer_id
    where taken.customer_id is null

)

select * from final

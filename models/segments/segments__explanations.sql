{{ config(
    materialized='view',
    schema=segmentation.segmentation_schema('public'),
    contract={'enforced': true}
) }}

{%- set rows = segmentation.rule_conditions() %}
{#- Who has the code of a cluster has it by no rule. -#}
{%- set cluster_sets = segmentation.cluster_sets() %}
{#- What is assigned anew where a feature changes. -#}
{%- set assigned = segmentation.segment_sets().keys() %}
{%- set measures = segmentation.tier_measures() %}
{%- set numbers = (rows | selectattr('is_number') | map(attribute='feature') | list
    + measures + ['order_count']) | unique | list %}
{%- set texts = (rows | map(attribute='feature') | reject('in', numbers) | list
    + ['value_tier', 'is_profiled']) | unique | list %}

with current_codes as (

    select
        customer_id,
        segment_set,
        segment_code as assigned_code,
        valid_from as entry_date
    from {{ ref('segments__intervals') }}
    where valid_to is null

),

-- Each customer now, and when the code of the set began.
moments as (

    select
        customer_id,
        segment_set,
        assigned_code,
        entry_date,
        {{ segmentation.as_of_date() }} as as_of_date,
        true as is_current
    from current_codes
    union all
    select
        customer_id,
        segment_set,
        assigned_code,
        entry_date,
        entry_date as as_of_date,
        false as is_current
    from current_codes
    where entry_date < {{ segmentation.as_of_date() }}

),

cuts as (

    select
        {% for tier in var('segmentation_value_tiers') %}
        max(case when segment_code = '{{ tier.code }}' then threshold_number end)
            as tier_cut_{{ loop.index }},
        {% endfor %}
        max(case when segment_code <> 'dormant' then feature end) as tier_feature
    from {{ ref('segments__conditions') }}
    where segment_set = 'value_tier'

),

known as (

    select
        moments.customer_id,
        moments.as_of_date,
        moments.is_current,
        moments.entry_date,
        moments.segment_set,
        moments.assigned_code,
        memberships.primary_segment,
        {% for name in numbers + texts %}
        customers.{{ name }},
        {% endfor %}
        {% for set_name in cluster_sets %}
        case
            when customers.{{ set_name }}_origin = 'cluster'
                then customers.{{ set_name }}
        end as {{ set_name }}_cluster,
        {% endfor %}
        cuts.*
    from moments
    inner join {{ ref('int_segments__layered_customers') }} as customers
        on
            moments.customer_id = customers.customer_id
            and moments.as_of_date = customers.as_of_date
    inner join {{ ref('segments__memberships') }} as memberships
        on
            moments.customer_id = memberships.customer_id
            and moments.as_of_date = memberships.as_of_date
    cross join cuts
    where
        customers.is_profiled
        and moments.assigned_code not in ('not_profiled', 'no_orders')

),

judged as (

    select
        known.*,
        conditions.segment_code,
        conditions.rule_place,
        conditions.condition_group,
        conditions.condition_number,
        conditions.feature,
        conditions.operator,
        conditions.threshold_text,
        conditions.threshold_number,
        case conditions.feature
            {% for name in texts %}
            when '{{ name }}' then cast(known.{{ name }} as {{ dbt.type_string() }})
            {% endfor %}
        end as value_text,
        case conditions.feature
            {% for name in numbers %}
            when '{{ name }}' then cast(known.{{ name }} as double precision)
            {% endfor %}
        end as value_number
    from known
    inner join {{ ref('segments__conditions') }} as conditions
        on known.segment_set = conditions.segment_set
    where
        case known.segment_set
            {% for set_name in cluster_sets %}
            when '{{ set_name }}' then known.{{ set_name }}_cluster is null
            {% endfor %}
            else true
        end

),

met as (

    select
        judged.*,
        coalesce(
            case
                {% for row in rows %}
                when
                    segment_set = '{{ row.set }}'
                    and rule_place = {{ row.place }}
                    and condition_group = {{ row.group }}
                    and condition_number = {{ row.number }}
                    then {{ segmentation.condition_sql(row.condition) }}
                {% endfor %}
                when operator = 'at_most' then value_number <= threshold_number
                else value_number >= threshold_number
            end,
            false
        ) as is_met
    from judged

),

-- Windows here and below: an engine that writes each expression out where it is used
-- computes what lies beneath them once.
entered as (

    select
        {% for name in ['value_text', 'value_number', 'is_met'] %}
        first_value({{ name }}) over (
            partition by
                customer_id, segment_set, rule_place, condition_group, condition_number
            order by as_of_date asc
            rows between unbounded preceding and unbounded following
        ) as {{ name }}_at_entry,
        {% endfor %}
        met.*
    from met

),

crossed as (

    select
        entered.*,
        case
            when value_number is null then null
            -- Nobody becomes newer.
            when feature = 'tenure_days' and value_number > threshold_number then null
            when operator = 'equals' and is_met then 'below'
            when operator = 'equals' then 'to'
            when operator = 'at_least' and is_met then 'below'
            when operator = 'below' and not is_met then 'below'
            when operator in ('at_least', 'below') then 'at least'
            when operator = 'at_most' and is_met then 'above'
            when operator = 'above' and not is_met then 'above'
            when operator in ('at_most', 'above') then 'at most'
        end as crossing
    from entered
    where is_current

),

aimed as (

    select
        crossed.*,
        -- What must equal a number is a score: below it is one less. Of others, as near
        -- the threshold as makes no difference to anybody.
        case
            when crossing = 'below' and operator = 'equals' then threshold_number - 1
            when crossing = 'below'
                then threshold_number - abs(threshold_number) * 1e-9 - 1e-9
            when crossing = 'above'
                then threshold_number + abs(threshold_number) * 1e-9 + 1e-9
            when crossing is not null then threshold_number
        end as changed_number,
        case
            when crossing = 'to' then threshold_text
            else crossing || ' ' || threshold_text
        end as change_text
    from crossed

),

sized as (

    select
        aimed.*,
        {{ segmentation.ratio(
            'abs(changed_number - value_number)',
            'greatest(abs(changed_number), abs(value_number))'
        ) }} as relative_change
    from aimed

),

placed as (

    select
        sized.*,
        row_number() over (
            partition by customer_id
            order by
                relative_change asc,
                segment_set asc,
                rule_place asc,
                condition_group asc,
                condition_number asc
        ) as change_place
    from sized

),

-- The customer as before, but for this one feature.
changed as (

    select
        customer_id,
        as_of_date,
        entry_date,
        segment_set,
        assigned_code,
        segment_code,
        rule_place,
        condition_group,
        condition_number,
        operator,
        threshold_text,
        threshold_number,
        value_text,
        value_number,
        is_met,
        value_text_at_entry,
        value_number_at_entry,
        is_met_at_entry,
        changed_number,
        change_text,
        relative_change,
        change_place,
        primary_segment,
        value_tier as own_tier,
        tier_feature,
        {% for tier in var('segmentation_value_tiers') %}
        tier_cut_{{ loop.index }},
        {% endfor %}
        {% for set_name in cluster_sets %}
        {{ set_name }}_cluster,
        {% endfor %}
        {% for name in texts if name not in assigned %}
        {{ name }},
        {% endfor %}
        {% for name in numbers %}
        case
            when feature = '{{ name }}' and changed_number is not null
                then changed_number
            else cast({{ name }} as double precision)
        end as {{ name }},
        {% endfor %}
        feature as condition_feature
    from placed

),

tiered as (

    select
        changed.*,
        case tier_feature
            {% for name in measures %}
            when '{{ name }}' then {{ name }}
            {% endfor %}
        end as tier_value
    from changed

),

numbered as (

    select
        tiered.*,
        case
            when own_tier = 'not_observed' then null
            when revenue_90d <= 0
                then {{ var('segmentation_value_tiers') | length + 1 }}
            {% for tier in var('segmentation_value_tiers') %}
            when tier_value >= tier_cut_{{ loop.index }} then {{ loop.index }}
            {% endfor %}
            else {{ var('segmentation_value_tiers') | length + 1 }}
        end as tier_number
    from tiered

),

recoded as (

    select
        numbered.*,
        {{ segmentation.layer_codes() }}
    from numbered

),

moved as (

    select
        recoded.*,
        case
            when changed_number is not null
                then {{ segmentation.assign_sql('primary', 'otherwise') }}
        end as changed_segment
    from recoded

),

compared as (

    select
        moved.*,
        coalesce(changed_segment <> primary_segment, false) as is_moving
    from moved

),

ranked as (

    select
        compared.*,
        min(case when is_moving then change_place end) over (
            partition by customer_id
        ) as first_place
    from compared

),

final as (

    select
        customer_id,
        as_of_date,
        segment_set,
        cast(segment_code as {{ dbt.type_string() }}) as segment_code,
        rule_place,
        condition_group,
        condition_number,
        condition_feature as feature,
        operator,
        threshold_text,
        threshold_number,
        value_text,
        value_number,
        is_met,
        {{ segmentation.round_score('abs(value_number - threshold_number)') }}
            as distance,
        segment_code = assigned_code as is_assigned,
        entry_date,
        value_text_at_entry,
        value_number_at_entry,
        is_met_at_entry,
        cast(case when is_moving then change_text end as {{ dbt.type_string() }})
            as change_text,
        case when is_moving then relative_change end as relative_change,
        cast(case when is_moving then changed_segment end as {{ dbt.type_string() }})
            as moves_to,
        is_moving and change_place = first_place as is_smallest_change
    from ranked

)

select * from final

{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}
{%- set parts = ['mailed', 'advertised', 'excluded'] %}

with members as (

    select
        customer_id,
        max(case when audience_kind = 'include' then 1 else 0 end) as is_advertised,
        max(case when audience_kind = 'exclude' then 1 else 0 end) as is_excluded
    from {{ ref('int_activation__audience_members') }}
    group by customer_id

),

customers as (

    select
        customers.customer_id,
        customers.age_band,
        customers.region,
        case when email.customer_id is null then 0 else 1 end as is_mailed,
        coalesce(members.is_advertised, 0) as is_advertised,
        coalesce(members.is_excluded, 0) as is_excluded,
        coalesce(scorecard.spend_ceiling_amount, 0) as spend_ceiling_amount
    from {{ ref('features__customers') }} as customers
    inner join {{ ref('segments__memberships') }} as memberships
        on
            customers.customer_id = memberships.customer_id
            and customers.as_of_date = memberships.as_of_date
    left join {{ ref('segments__scorecard') }} as scorecard
        on memberships.primary_segment = scorecard.segment_code
    left join {{ ref('activation__email') }} as email
        on customers.customer_id = email.customer_id
    left join members
        on customers.customer_id = members.customer_id
    where customers.as_of_date = {{ segmentation.as_of_date() }}

),

described as (

    {% for attribute in ['age_band', 'region'] %}
    select
        '{{ attribute }}' as attribute_name,
        coalesce({{ attribute }}, 'unknown') as attribute_value,
        is_mailed,
        is_advertised,
        is_excluded,
        spend_ceiling_amount
    from customers
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

counted as (

    select
        attribute_name,
        attribute_value,
        count(*) as customer_count,
        {% for part in parts %}
        sum(is_{{ part }}) as {{ part }}_count,
        {% endfor %}
        sum(spend_ceiling_amount) as spend_ceiling_total,
        max(spend_ceiling_amount) as largest_spend_ceiling
    from described
    group by attribute_name, attribute_value

),

shared as (

    select
        attribute_name,
        attribute_value,
        {{ segmentation.shared_count('customer_count') }} as shared_customers,
        {% for part in parts %}
        {{ segmentation.shared_part(part ~ '_count', 'customer_count') }}
            as shared_{{ part }},
        {% endfor %}
        {{ segmentation.shared_mean(
            'spend_ceiling_total', 'customer_count', 'largest_spend_ceiling'
        ) }} as mean_spend_ceiling
    from counted

),

final as (

    select
        cast(attribute_name as {{ text }}) as attribute_name,
        cast(attribute_value as {{ text }}) as attribute_value,
        cast(shared_customers as {{ dbt.type_bigint() }}) as customer_count,
        {% for part in parts %}
        {{ segmentation.ratio('shared_' ~ part, 'shared_customers') }}
            as {{ part }}_share,
        {% endfor %}
        mean_spend_ceiling
    from shared

)

select * from final

{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set sets = segmentation.segment_sets() %}
{%- set features = segmentation.profile_features() %}
{%- set amounts = segmentation.profile_amounts() %}
{%- set channels = segmentation.order_channels() %}

with customers as (

    select
        {% for set_name, column in sets.items() %}
        case
            when features.is_profiled then memberships.{{ column }}
            else 'not_profiled'
        end as {{ set_name }}_code,
        {% endfor %}
        {% for name in features %}
        cast(features.{{ name }} as numeric(18, 6)) as {{ name }},
        {% endfor %}
        {% for name in amounts %}
        purchases.{{ name }},
        {% endfor %}
        {% for name in channels %}
        purchases.{{ name }}_order_count,
        {% endfor %}
        purchases.order_count
    from {{ ref('features__customers') }} as features
    inner join {{ ref('segments__memberships') }} as memberships
        on
            features.customer_id = memberships.customer_id
            and features.as_of_date = memberships.as_of_date
    inner join {{ ref('int_features__purchase_sums') }} as purchases
        on
            features.customer_id = purchases.customer_id
            and features.as_of_date = purchases.as_of_date
    where features.as_of_date = {{ segmentation.as_of_date() }}

),

-- One pass over customers for all sets. Sums of decimals do not depend on the order of
-- rows, and six places leave out the ninth, in which engines may differ.
combinations as (

    select
        {% for set_name in sets %}
        {{ set_name }}_code,
        {% endfor %}
        {% for name in features %}
        count({{ name }}) as {{ name }}_count,
        sum({{ name }}) as {{ name }}_sum,
        sum(cast({{ name }} as numeric(38, 6)) * {{ name }}) as {{ name }}_squares,
        max(abs({{ name }})) as {{ name }}_largest,
        {% endfor %}
        {% for name in amounts %}
        sum({{ name }}) as {{ name }},
        max(abs({{ name }})) as largest_{{ name }},
        {% endfor %}
        {% for name in channels %}
        sum({{ name }}_order_count) as {{ name }}_order_count,
        sum(case when {{ name }}_order_count > 0 then 1 else 0 end)
            as {{ name }}_buyer_count,
        {% endfor %}
        sum(order_count) as order_count,
        max(order_count) as largest_order_count,
        sum(case when order_count > 0 then 1 else 0 end) as buyer_count,
        count(*) as customer_count
    from customers
    group by
        {% for set_name in sets if set_name != 'primary' %}
        {{ set_name }}_code,
        {% endfor %}
        primary_code

),

sets as (

    {% for set_name in sets %}
    select cast('{{ set_name }}' as {{ dbt.type_string() }}) as segment_set
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

placed as (

    select
        combinations.*,
        sets.segment_set,
        case sets.segment_set
            {% for set_name in sets %}
            when '{{ set_name }}' then combinations.{{ set_name }}_code
            {% endfor %}
        end as segment_code
    from combinations
    cross join sets

),

final as (

    select
        segment_set,
        segment_code,
        cast(sum(buyer_count) as bigint) as buyer_count,
        cast(sum(order_count) as bigint) as order_count,
        cast(max(largest_order_count) as bigint) as largest_order_count,
        {% for name in channels %}
        cast(sum({{ name }}_order_count) as bigint) as {{ name }}_order_count,
        cast(sum({{ name }}_buyer_count) as bigint) as {{ name }}_buyer_count,
        {% endfor %}
        {% for name in features %}
        cast(sum({{ name }}_count) as bigint) as {{ name }}_count,
        cast(sum({{ name }}_sum) as numeric(38, 9)) as {{ name }}_sum,
        cast(sum({{ name }}_squares) as numeric(38, 9)) as {{ name }}_squares,
        cast(max({{ name }}_largest) as double precision) as {{ name }}_largest,
        {% endfor %}
        {% for name in amounts %}
        cast(sum({{ name }}) as numeric(18, 2)) as {{ name }},
        cast(max(largest_{{ name }}) as numeric(18, 2)) as largest_{{ name }},
        {% endfor %}
        cast(sum(customer_count) as bigint) as customer_count
    from placed
    group by segment_set, segment_code

)

select * from final

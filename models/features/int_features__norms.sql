{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set traits = segmentation.psychographic_traits() -%}
{#- 24 hours with half a count each are the 12 of Jeffreys' prior, here in tenths. -#}
{%- set prior_tenths = 120 -%}

with messages as (

    select
        as_of_date,
        sum(message_sent_count) as sent_count,
        sum(message_click_count) as click_count
    from {{ ref('int_features__engagement_sums') }}
    where is_profiled
    group by as_of_date

),

hours as (

    select
        {% for hour in range(24) %}
        sum(hour_{{ hour }}_count) as hour_{{ hour }}_count,
        {% endfor %}
        as_of_date
    from {{ ref('int_features__hours') }}
    where is_profiled
    group by as_of_date

),

all_hours as (

    select
        hours.*,
        (
            {% for hour in range(24) %}
            hour_{{ hour }}_count {{ '' if loop.last else '+' }}
            {% endfor %}
        ) as total_count
    from hours

),

traits as (

    select
        {% for trait in traits %}
        sum(cast({{ trait }} as numeric(28, 9))) as {{ trait }}_total,
        count({{ trait }}) as {{ trait }}_count,
        {% endfor %}
        as_of_date
    from {{ ref('int_features__traits') }}
    group by as_of_date

),

-- Margin only where every order to date has one: the two are never mixed.
purchases as (

    select
        as_of_date,
        case
            when sum(placed_count) > 0 and sum(placed_count) = sum(margin_known_count)
                then 'margin'
            else 'revenue'
        end as value_basis
    from {{ ref('int_features__purchase_sums') }}
    group by as_of_date

),

-- One number that changes with any share: they are as many as there are categories.
categories as (

    select
        as_of_date,
        cast(
            sum(
                cast({{ segmentation.hash_number(segmentation.row_hash(
                    ['category', 'share_thousandths']
                )) }} as numeric(38, 0))
            ) as numeric(38, 0)
        ) as category_shares_sum
    from {{ ref('int_features__category_shares') }}
    group by as_of_date

),

compared as (

    select
        purchases.value_basis,
        cast({{ segmentation.rounded_ratio(
            'messages.sent_count', 'messages.click_count'
        ) }} as bigint) as sends_per_click,
        categories.category_shares_sum,
        {% for hour in range(24) %}
        cast({{ segmentation.rounded_ratio(
            prior_tenths ~ ' * all_hours.hour_' ~ hour ~ '_count',
            'all_hours.total_count'
        ) }} as bigint) as hour_{{ hour }}_tenths,
        {% endfor %}
        {% for trait in traits %}
        cast({{ segmentation.rounded_ratio(
            '100 * traits.' ~ trait ~ '_total', 'traits.' ~ trait ~ '_count'
        ) }} as bigint) as {{ trait }}_hundredths,
        {% endfor %}
        dates.as_of_date
    from {{ ref('features__as_of_dates') }} as dates
    left join purchases
        on dates.as_of_date = purchases.as_of_date
    left join categories
        on dates.as_of_date = categories.as_of_date
    left join messages
        on dates.as_of_date = messages.as_of_date
    left join all_hours
        on dates.as_of_date = all_hours.as_of_date
    left join traits
        on dates.as_of_date = traits.as_of_date

),

final as (

    select
        {% for norm in segmentation.norm_names() %}
        {{ norm }},
        {% endfor %}
        as_of_date
    from compared

)

select * from final

{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{%- set sets = dict(segmentation.segment_sets(), recency='recency') %}
{%- set flags = ['delivered', 'opened', 'clicked', 'responded', 'ordered'] %}
{%- set sums = [
    'people_count', 'delivered_count', 'opened_count', 'clicked_count',
    'responded_count', 'ordered_count', 'buyer_count', 'revenue_amount',
    'capped_sum', 'capped_square_sum', 'capped_cube_sum',
] %}

{#- One large basket must not decide what a segment is said to bring. -#}
with caps as (

    select
        campaign_id,
        percentile_disc(0.95) within group (order by revenue_amount) as cap_amount
    from {{ ref('int_measurement__campaign_people') }}
    where revenue_amount > 0
    group by campaign_id

),

people as (

    select
        people.*,
        caps.cap_amount,
        cast(
            coalesce(
                {{ segmentation.ratio(
                    'least(people.revenue_amount, caps.cap_amount)', 'caps.cap_amount'
                ) }},
                0
            ) as numeric(10, 9)
        ) as capped_share
    from {{ ref('int_measurement__campaign_people') }} as people
    left join caps
        on people.campaign_id = caps.campaign_id

),

cells as (

    select
        campaign_id,
        {% for column in sets.values() %}
        {{ column }},
        {% endfor %}
        count(*) as people_count,
        {% for flag in flags %}
        sum(case when is_{{ flag }} then 1 else 0 end) as {{ flag }}_count,
        {% endfor %}
        sum(case when revenue_amount > 0 then 1 else 0 end) as buyer_count,
        sum(revenue_amount) as revenue_amount,
        max(revenue_amount) as largest_revenue_amount,
        max(cap_amount) as cap_amount,
        sum(capped_share) as capped_sum,
        sum(capped_share * capped_share) as capped_square_sum,
        sum(capped_share * capped_share * capped_share) as capped_cube_sum,
        max(window_end_date) as window_end_date
    from people
    group by
        {% for column in sets.values() %}
        {{ column }},
        {% endfor %}
        campaign_id

),

divided as (

    {% for set_name, column in dict(sets, all="'all'").items() %}
    select
        campaign_id,
        '{{ set_name }}' as segment_set,
        {{ column }} as segment_code,
        {% for name in sums %}
        sum({{ name }}) as {{ name }},
        {% endfor %}
        max(largest_revenue_amount) as largest_revenue_amount,
        max(cap_amount) as cap_amount,
        max(window_end_date) as window_end_date
    from cells
    group by campaign_id{{ ', ' ~ column if set_name != 'all' }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

spans as (

    select
        campaign_id,
        min(channel) as channel,
        min(sent_date) as first_sent_date,
        max(window_end_date) <= {{ segmentation.as_of_date() }} as is_complete
    from {{ ref('int_measurement__campaign_people') }}
    group by campaign_id

),

final as (

    select
        divided.campaign_id,
        divided.segment_set,
        divided.segment_code,
        spans.channel,
        coalesce(campaigns.targeting, 'unknown') as targeting,
        coalesce(campaigns.campaign_series, '') as campaign_series,
        campaigns.campaign_name,
        {% for name in sums %}
        divided.{{ name }},
        {% endfor %}
        divided.largest_revenue_amount,
        coalesce(divided.cap_amount, 0) as cap_amount,
        spans.is_complete,
        spans.first_sent_date
    from divided
    inner join spans
        on divided.campaign_id = spans.campaign_id
    left join {{ ref('int_measurement__campaigns') }} as campaigns
        on divided.campaign_id = campaigns.campaign_id

)

select * from final

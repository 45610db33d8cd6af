{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{%- set measures = ['opened', 'clicked', 'responded', 'ordered'] %}
{%- set z = segmentation.one_sided_quantile() %}

{% set kind -%}
    partition by channel, targeting, campaign_series
    order by first_sent_date asc, {{ segmentation.binary_order('campaign_id') }} asc
{%- endset %}
{% set whole = 'partition by campaign_id, segment_set' %}

with segments as (

    select *
    from {{ ref('int_measurement__campaign_segments') }}

),

-- What comes again and again is held against the time before, not against whatever
-- else was sent in between.
pairs as (

    select
        campaign_id,
        lag(campaign_id) over ({{ kind }}) as previous_campaign_id
    from segments
    where segment_set = 'all' and is_complete

),

sides as (

    {% for side in ['', 'previous_'] %}
    select
        pairs.campaign_id,
        pairs.previous_campaign_id,
        {% for name in ['people'] + measures %}
        segments.{{ name }}_count * {{ 0 if side else 1 }} as {{ name }}_count,
        segments.{{ name }}_count * {{ 1 if side else 0 }}
            as previous_{{ name }}_count,
        {% endfor %}
        segments.segment_set,
        segments.segment_code
    from pairs
    inner join segments
        on {{ 'pairs.' ~ side ~ 'campaign_id' }} = segments.campaign_id
    where
        pairs.previous_campaign_id is not null
        and segments.segment_set <> 'all'
        -- A code that says what is not known hides the groups that it is made of.
        and segments.segment_code
        not in ('no_orders', 'not_profiled', 'not_observed', 'unassigned')
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

joined as (

    select
        campaign_id,
        previous_campaign_id,
        segment_set,
        segment_code,
        {% for name in ['people'] + measures %}
        sum({{ name }}_count) as {{ name }}_count,
        sum(previous_{{ name }}_count) as previous_{{ name }}_count,
        {% endfor %}
        sum(sum(people_count)) over ({{ whole }}) as all_people_count,
        sum(sum(previous_people_count)) over ({{ whole }}) as all_previous_people_count
    from sides
    group by campaign_id, previous_campaign_id, segment_set, segment_code

),

measured as (

    {% for measure in measures %}
    select
        campaign_id,
        previous_campaign_id,
        segment_set,
        segment_code,
        '{{ measure }}' as measure,
        people_count,
        previous_people_count,
        all_people_count,
        all_previous_people_count,
        {{ measure }}_count as event_count,
        previous_{{ measure }}_count as previous_event_count,
        sum({{ measure }}_count) over ({{ whole }}) as all_event_count,
        sum(previous_{{ measure }}_count) over ({{ whole }}) as all_previous_event_count
    from joined
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

shares as (

    select
        measured.*,
        cast(people_count as double precision) / all_people_count as share,
        cast(previous_people_count as double precision) / all_previous_people_count
            as previous_share,
        cast(event_count as double precision) / nullif(people_count, 0) as known_rate,
        cast(previous_event_count as double precision)
        / nullif(previous_people_count, 0) as known_previous_rate
    from measured
    where all_event_count > 0 and all_previous_event_count > 0

),

-- Who is in one of the two campaigns alone changes the mix, and nothing else.
rates as (

    select
        shares.*,
        {% for side in ['', 'previous_'] %}
        {% for end, sign in {'lower': '-', 'upper': '+'}.items() %}
        {{ segmentation.wilson_bound(
            side ~ 'event_count', side ~ 'people_count', sign, z
        ) }} as {{ side }}{{ end }},
        {% endfor %}
        {% endfor %}
        coalesce(known_rate, known_previous_rate) as rate,
        coalesce(known_previous_rate, known_rate) as previous_rate
    from shares

),

final as (

    select
        campaign_id,
        previous_campaign_id,
        segment_set,
        segment_code,
        measure,
        people_count,
        previous_people_count,
        event_count,
        previous_event_count,
        known_rate as rate,
        known_previous_rate as previous_rate,
        share,
        previous_share,
        {% for end, sign in {'lower': '-', 'upper': '+'}.items() %}
        {{ segmentation.difference_bound(
            ['rate', 'lower', 'upper'],
            ['previous_rate', 'previous_lower', 'previous_upper'],
            sign
        ) }} as change_{{ end }},
        {% endfor %}
        -- Kitagawa (1955): each at the mean of the other over both campaigns.
        (share - previous_share) * (rate + previous_rate) / 2 as mix_effect,
        (rate - previous_rate) * (share + previous_share) / 2 as rate_effect,
        -- How far the rate effect may be off below and above, squared.
        coalesce(
            (share + previous_share) * (share + previous_share) / 4
            * (
                (rate - lower) * (rate - lower)
                + (previous_upper - previous_rate) * (previous_upper - previous_rate)
            ),
            0
        ) as rate_effect_below,
        coalesce(
            (share + previous_share) * (share + previous_share) / 4
            * (
                (upper - rate) * (upper - rate)
                + (previous_rate - previous_lower) * (previous_rate - previous_lower)
            ),
            0
        ) as rate_effect_above
    from rates

)

select * from final

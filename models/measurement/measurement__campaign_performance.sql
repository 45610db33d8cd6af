{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}
{%- set measures = ['delivered', 'opened', 'clicked', 'responded', 'ordered'] %}
{%- set moments = ['capped_sum', 'capped_square_sum', 'capped_cube_sum'] %}
{%- set ends = {'lower': '-', 'upper': '+'} %}
{%- set smallest = segmentation.smallest_cell() %}

{% set whole = 'partition by campaign_id, segment_set' %}

with segments as (

    select
        segments.*,
        {% for name in ['people', 'buyer'] + measures %}
        sum({{ name }}_count) over ({{ whole }}) - {{ name }}_count
            as rest_{{ name }}_count,
        {% endfor %}
        {% for name in moments + ['revenue_amount'] %}
        sum({{ name }}) over ({{ whole }}) - {{ name }} as rest_{{ name }},
        {% endfor %}
        max(largest_revenue_amount) over ({{ whole }})
            as campaign_largest_revenue_amount
    from {{ ref('int_measurement__campaign_segments') }} as segments

),

counted as (

    {% for measure in measures %}
    select
        campaign_id,
        segment_set,
        segment_code,
        '{{ measure }}' as measure,
        people_count < {{ smallest }} as is_small,
        {{ measure }}_count + rest_{{ measure }}_count = 0 as is_unrecorded,
        {{ segmentation.shared_count('people_count') }} as people_count,
        {{ segmentation.shared_count('rest_people_count') }} as rest_people_count,
        {{ segmentation.shared_part(measure ~ '_count', 'people_count') }}
            as event_count,
        {{ segmentation.shared_part(
            'rest_' ~ measure ~ '_count', 'rest_people_count'
        ) }} as rest_event_count
    from segments
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- A count as published may be off by two: bounds are those of the count, and of the
-- number of people, for which they are widest.
rates as (

    select
        counted.*,
        {% for side in ['', 'rest_'] %}
        cast({{ side }}event_count as double precision) / {{ side }}people_count
            as {{ side }}rate,
        {{ segmentation.wilson_bound(
            '(' ~ side ~ 'event_count - 2)', '(' ~ side ~ 'people_count + 2)', '-'
        ) }} as {{ side }}lower,
        {{ segmentation.wilson_bound(
            'least(' ~ side ~ 'event_count + 2, ' ~ side ~ 'people_count - 2)',
            '(' ~ side ~ 'people_count - 2)', '+'
        ) }} as {{ side }}upper,
        {% endfor %}
        'share' as unit
    from counted

),

-- Spend in parts of the campaign's cap.
means as (

    select
        {% for side in ['', 'rest_'] %}
        cast({{ side }}capped_sum as double precision)
        / nullif({{ side }}people_count, 0) as {{ side }}first_moment,
        cast({{ side }}capped_square_sum as double precision)
        / nullif({{ side }}people_count, 0) as {{ side }}second_moment,
        cast({{ side }}capped_cube_sum as double precision)
        / nullif({{ side }}people_count, 0) as {{ side }}third_moment,
        {% endfor %}
        segments.*
    from segments

),

spreads as (

    select
        {% for side in ['', 'rest_'] %}
        greatest(
            {{ side }}second_moment - {{ side }}first_moment * {{ side }}first_moment, 0
        ) * {{ side }}people_count / nullif({{ side }}people_count - 1, 0)
            as {{ side }}variance,
        {{ side }}third_moment - 3 * {{ side }}first_moment * {{ side }}second_moment
        + 2 * {{ side }}first_moment * {{ side }}first_moment * {{ side }}first_moment
            as {{ side }}central_moment,
        {% endfor %}
        means.*
    from means

),

-- Who bought nothing says nothing of the spread, so buyers are the degrees of freedom.
bounds as (

    select
        {% for side in ['', 'rest_'] %}
        {{ side }}first_moment * cap_amount as {{ side }}mean,
        {% for end, sign in ends.items() %}
        cap_amount * {{ segmentation.skewed_mean_bound(
            side ~ 'first_moment', side ~ 'variance', side ~ 'central_moment',
            side ~ 'people_count', '(' ~ side ~ 'buyer_count - 1)', sign
        ) }} as {{ side }}{{ end }},
        {% endfor %}
        {{ segmentation.shared_step('cap_amount', side ~ 'people_count') }}
            as {{ side }}step,
        {{ side }}buyer_count >= {{ smallest }} as {{ side }}is_told,
        {% endfor %}
        spreads.*
    from spreads

),

stepped as (

    select
        campaign_id,
        segment_set,
        segment_code,
        people_count < {{ smallest }} as is_small,
        {{ segmentation.shared_count('people_count') }} as people_count,
        {{ segmentation.shared_count('buyer_count') }} as event_count,
        {% for side in ['', 'rest_'] %}
        case
            when {{ side }}is_told
                then {{ segmentation.shared_mean(
                    side ~ 'revenue_amount', side ~ 'people_count',
                    'campaign_largest_revenue_amount'
                ) }}
        end as {{ side }}plain_mean,
        {% for name, part in {'mean': '0.5', 'lower': '0', 'upper': '1'}.items() %}
        case
            when {{ side }}is_told
                then {{ segmentation.in_steps(
                    side ~ name, side ~ 'step', part
                ) }}
        end as {{ side }}{{ name }},
        {% endfor %}
        {% endfor %}
        buyer_count + rest_buyer_count = 0 as is_unrecorded
    from bounds

),

measured as (

    select
        campaign_id,
        segment_set,
        segment_code,
        measure,
        unit,
        is_small,
        is_unrecorded,
        people_count,
        event_count,
        rate as value,
        lower,
        upper,
        rest_rate as rest_value,
        rest_lower,
        rest_upper
    from rates
    union all
    select
        campaign_id,
        segment_set,
        segment_code,
        'revenue' as measure,
        'money' as unit,
        is_small,
        is_unrecorded,
        people_count,
        event_count,
        plain_mean as value,
        null as lower,
        null as upper,
        rest_plain_mean as rest_value,
        null as rest_lower,
        null as rest_upper
    from stepped
    union all
    select
        campaign_id,
        segment_set,
        segment_code,
        'capped_revenue' as measure,
        'money' as unit,
        is_small,
        is_unrecorded,
        people_count,
        event_count,
        mean as value,
        lower,
        upper,
        rest_mean as rest_value,
        rest_lower,
        rest_upper
    from stepped

),

judged as (

    select
        measured.*,
        case
            when is_small then 'suppressed'
            when is_unrecorded then 'not_recorded'
            when value is null then 'withheld'
            else 'published'
        end as status
    from measured

),

final as (

    select
        cast(judged.campaign_id as {{ text }}) as campaign_id,
        cast(judged.segment_set as {{ text }}) as segment_set,
        cast(judged.segment_code as {{ text }}) as segment_code,
        cast(judged.measure as {{ text }}) as measure,
        cast(segments.campaign_name as {{ text }}) as campaign_name,
        cast(segments.channel as {{ text }}) as channel,
        cast(segments.targeting as {{ text }}) as targeting,
        cast(judged.unit as {{ text }}) as unit,
        cast(judged.status as {{ text }}) as status,
        cast('association' as {{ text }}) as evidence,
        cast(judged.people_count as bigint) as people_count,
        cast(
            case when judged.status = 'published' then judged.event_count end as bigint
        ) as event_count,
        {% for name, sql in {
            'value': 'judged.value',
            'lower_bound': 'judged.lower',
            'upper_bound': 'judged.upper',
            'rest_value': 'judged.rest_value',
            'index_vs_rest': '100 * judged.value / nullif(judged.rest_value, 0)',
            'difference_vs_rest': 'judged.value - judged.rest_value',
        }.items() %}
        cast(
            case
                when judged.status = 'published'
                    then {{ segmentation.round_score(sql) }}
            end as double precision
        ) as {{ name }},
        {% endfor %}
        {% for end, sign in ends.items() %}
        cast(
            case
                when judged.status = 'published'
                    then {{ segmentation.difference_bound(
                        ['judged.value', 'judged.lower', 'judged.upper'],
                        [
                            'judged.rest_value', 'judged.rest_lower', 'judged.rest_upper'
                        ],
                        sign
                    ) }}
            end as double precision
        ) as difference_{{ end }},
        {% endfor %}
        segments.is_complete,
        segments.first_sent_date
    from judged
    inner join segments
        on
            judged.campaign_id = segments.campaign_id
            and judged.segment_set = segments.segment_set
            and judged.segment_code = segments.segment_code

)

select * from final

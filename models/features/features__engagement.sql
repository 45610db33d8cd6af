{{ segmentation.panel_row_config('public') }}
{{ config(contract={'enforced': true}) }}

{%- set run = segmentation.run_to_continue() %}

{%- set windows = {
    'web': {
        30: ['session_count'], 90: ['session_count', 'active_day_count', 'page_count']
    },
    'product': {90: ['product_use_count', 'product_use_day_count']},
    'message': {
        90: ['message_sent_count', 'message_open_count', 'message_click_count']
    },
    'service': {365: ['support_ticket_count']},
    'social': {365: ['social_interaction_count']},
} -%}
{%- set known = {
    'message_sent_count': 'message', 'message_click_count': 'message',
    'open_support_ticket_count': 'service',
} %}
{%- set devices = ['desktop', 'mobile', 'tablet', 'other'] %}

with final as (

    select
        engagement.customer_id,
        engagement.as_of_date,
        {% for family, lengths in windows.items() %}
        {% for days in lengths %}
        case
            when windows.is_{{ family }}_observed_{{ days }}d then 'observed'
            else 'window_not_observed'
        end as {{ family }}_window_status_{{ days }}d,
        {% endfor %}
        {% endfor %}
        case
            when not engagement.is_profiled then 'unknown'
            when
                greatest(
                    engagement.store_order_count,
                    engagement.web_order_count,
                    engagement.app_order_count,
                    engagement.phone_order_count,
                    engagement.other_order_count
                ) > 0
                then {{ segmentation.first_largest(
                    ['store', 'web', 'app', 'phone', 'other'],
                    'engagement.', '_order_count'
                ) }}
            when greatest(engagement.web_visit_count, engagement.app_visit_count) > 0
                then {{ segmentation.first_largest(
                    ['web', 'app'], 'engagement.', '_visit_count'
                ) }}
            else 'unknown'
        end as preferred_channel,
        case
            when
                engagement.is_profiled
                and greatest(
                    engagement.desktop_visit_count,
                    engagement.mobile_visit_count,
                    engagement.tablet_visit_count,
                    engagement.other_visit_count
                ) > 0
                then {{ segmentation.first_largest(
                    devices, 'engagement.', '_visit_count'
                ) }}
        end as main_device,
        {% for family, lengths in windows.items() %}
        {% for days, names in lengths.items() %}
        {% for name in names %}
        case
            when windows.is_{{ family }}_observed_{{ days }}d
                then engagement.{{ name }}_{{ days }}d
        end as {{ name }}_{{ days }}d,
        {% endfor %}
        {% endfor %}
        {% endfor %}
        {% for name, family in known.items() %}
        case when windows.is_{{ family }}_known then engagement.{{ name }} end
            as {{ name }},
        {% endfor %}
        {{ segmentation.days_between(
            'engagement.last_visit_date', 'engagement.as_of_date'
        ) }} as days_since_last_visit,
        engagement.usual_hour,
        -- The prior is worth one click: (clicks + 1) / (sends + sends for a click).
        case
            when
                engagement.is_profiled
                and windows.is_message_known
                and norms.sends_per_click is not null
                then least({{ segmentation.ratio(
                    'engagement.message_click_count + 1',
                    'engagement.message_sent_count + norms.sends_per_click'
                ) }}, 1)
        end as click_rate,
        case
            when engagement.is_profiled and windows.is_service_observed_365d
                then {{ segmentation.ratio(
                    'engagement.satisfaction_total_365d',
                    'engagement.satisfaction_count_365d'
                ) }}
        end as satisfaction_score_365d,
        case
            when engagement.is_profiled and windows.is_social_observed_365d
                then {{ segmentation.ratio(
                    'engagement.sentiment_total_365d', 'engagement.sentiment_count_365d'
                ) }}
        end as social_sentiment_365d,
        {% for device in devices %}
        case
            when engagement.is_profiled
                then {{ segmentation.ratio(
                    'engagement.' ~ device ~ '_visit_count',
                    '(engagement.' ~ devices | join('_visit_count + engagement.')
                    ~ '_visit_count)'
                ) }}
        end as {{ device }}_visit_share,
        {% endfor %}
        engagement.last_visit_date
    from {{ ref('int_features__engagement') }} as engagement
    inner join {{ ref('int_features__engagement_windows') }} as windows
        on engagement.as_of_date = windows.as_of_date
    inner join {{ ref('int_features__norms') }} as norms
        on engagement.as_of_date = norms.as_of_date
    {{ segmentation.only_touched('engagement', run) }}

)

select * from final

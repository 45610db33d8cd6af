{% macro setting(name) %}
    {#-
        One place decides what an unset variable means: demo data, then default. A model
        of an adopter that calls a macro sees the adopter's variables alone: null again.
    -#}
    {%- set value = var('segmentation_' ~ name, none) -%}
    {%- if value is none -%}
        {%- set demo = segmentation.demo_settings() -%}
        {%- set value = demo[name] if name in demo
            else segmentation.general_settings().get(name) -%}
    {%- endif -%}
    {{ return(value) }}
{% endmacro %}


{% macro demo_settings() %}
    {%- set settings = {
        'complete_journey': {
            'as_of': '2017-12-31',
            'timezone': 'America/New_York',
            'currency': 'USD',
            'sources': {
                'orders': ['complete_journey'],
                'order_lines': ['complete_journey'],
                'products': ['complete_journey'],
                'customer_attributes': ['complete_journey'],
                'campaigns': ['complete_journey'],
                'campaign_exposures': ['complete_journey'],
                'campaign_responses': ['complete_journey'],
            },
            'passthrough': {
                'orders': ['store_id'],
                'order_lines': ['manufacturer_coupon_amount'],
                'products': ['department'],
            },
        },
        'omnichannel': {
            'as_of': '2025-12-31',
            'timezone': 'Europe/Berlin',
            'currency': 'EUR',
            'sources': {
                'customer_records': [
                    'omni_shop', 'omni_till', 'omni_crm', 'omni_mailing',
                    'omni_helpdesk', 'omni_survey',
                ],
                'accounts': ['omni_crm'],
                'customer_attributes': ['omni_survey'],
                'identifiers': ['omni_shop', 'omni_web', 'omni_product', 'omni_social'],
                'products': ['omni_shop', 'omni_till'],
                'orders': ['omni_shop', 'omni_till'],
                'order_changes': ['omni_shop', 'omni_till'],
                'order_lines': ['omni_shop', 'omni_till'],
                'events': ['omni_web', 'omni_product'],
                'messages': ['omni_mailing'],
                'campaigns': ['omni_mailing'],
                'campaign_exposures': ['omni_mailing'],
                'campaign_responses': ['omni_shop'],
                'support_tickets': ['omni_helpdesk'],
                'social_interactions': ['omni_social'],
                'survey_responses': ['omni_survey'],
                'question_prompts': ['omni_survey'],
                'consents': ['omni_survey'],
                'ad_spend': ['omni_web'],
            },
            'audiences': [
                {
                    'code': 'S01', 'kind': 'include', 'platforms': ['google_ads', 'meta'],
                    'when': [
                        {'feature': 'primary_segment', 'in': ['slipping', 'lapsed']},
                    ],
                    'owner': 'Customer marketing',
                },
                {
                    'code': 'S02', 'kind': 'include', 'platforms': ['google_ads', 'meta'],
                    'when': [{'feature': 'primary_segment', 'equals': 'prospect'}],
                    'owner': 'Customer marketing',
                },
                {
                    'code': 'L01', 'kind': 'seed', 'platforms': ['google_ads', 'meta'],
                    'when': [
                        {'feature': 'value_tier', 'in': ['platinum', 'gold', 'silver']},
                        {'feature': 'refunded_amount', 'equals': 0},
                    ],
                    'value': 'revenue_365d', 'owner': 'Customer marketing',
                },
                {
                    'code': 'X01', 'kind': 'exclude', 'platforms': ['google_ads', 'meta'],
                    'when': [{'feature': 'days_since_last_order', 'at_most': 14}],
                    'owner': 'Customer marketing',
                },
                {
                    'code': 'X02', 'kind': 'exclude', 'platforms': ['google_ads', 'meta'],
                    'when': [{'feature': 'is_unlikely_first_buyer', 'equals': true}],
                    'owner': 'Customer marketing',
                },
            ],
            'experiments': [
                {
                    'code': 'win_back_2025',
                    'kind': 'message',
                    'channel': 'ads',
                    'layer': 'ads',
                    'slots': [0, 500],
                    'arms': [
                        {'code': 'offer', 'share': 0.7},
                        {'code': 'holdout', 'share': 0.3},
                    ],
                    'when': [
                        {'feature': 'primary_segment', 'in': ['slipping', 'lapsed']},
                    ],
                    'starts_on': '2025-10-01',
                    'ends_on': '2026-03-31',
                    'owner': 'Customer marketing',
                    'hypothesis': 'An offer brings back more than it costs.',
                },
            ],
        },
    } -%}
    {{ return(settings.get(var('segmentation_dataset', 'complete_journey'), {})) }}
{% endmacro %}


{% macro general_settings() %}
    {{ return({
        'timezone': 'UTC', 'currency': 'USD', 'sources': {}, 'passthrough': {},
        'experiments': [], 'audiences': []
    }) }}
{% endmacro %}

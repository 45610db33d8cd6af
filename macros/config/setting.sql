{% macro setting(name) %}
    {#-
        One place decides what an unset variable means: demo data, then default. A model
        of an adopter that calls a macro sees the adopter's variables alone: null again.
    -#}
    {%- set value = var('segmentation_' ~ name, none) -%}
    {%- if value is none -%}
        {%- set value = segmentation.demo_settings().get(
            name, segmentation.general_settings().get(name)
        ) -%}
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
    } -%}
    {{ return(settings.get(var('segmentation_dataset', 'complete_journey'), {})) }}
{% endmacro %}


{% macro general_settings() %}
    {{ return({
        'timezone': 'UTC', 'currency': 'USD', 'sources': {}, 'passthrough': {}
    }) }}
{% endmacro %}

{% macro source_families() %}
    {#- Each family with the entity that carries it. -#}
    {{ return({
        'crm': 'customer_records',
        'transactions': 'orders',
        'web': 'events',
        'email': 'messages',
        'social': 'social_interactions',
        'service': 'support_tickets',
    }) }}
{% endmacro %}


{% macro entity_family(entity) %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {{ return(segmentation.input_model(entity).config.meta['family']) }}
{% endmacro %}


{% macro entities_without_customers() %}
    {{ return(['accounts', 'products', 'campaigns', 'ad_spend']) }}
{% endmacro %}

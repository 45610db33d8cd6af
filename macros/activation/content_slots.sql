{% macro content_slots(channel=none) %}
    {#- Every place that shows reviewed copy, by the channel that shows it. -#}
    {%- set slots = {
        'email': ['email_subject', 'email_block', 'email_offer'],
        'web': ['web_content', 'web_navigation', 'web_call_to_action'],
        'crm': [
            'crm_talking_point', 'crm_objection', 'crm_answer', 'crm_value_proposition',
            'crm_next_action',
        ],
    } -%}
    {{ return(slots[channel] if channel else slots.values() | sum(start=[])) }}
{% endmacro %}


{% macro content_segments() %}
    {#- Whose copy has to be there: declared segments, the rest, unknown visitors. -#}
    {%- set codes = segmentation.rules_of('primary') | map(attribute='code') | list -%}
    {{ return(codes + ['otherwise', 'default']) }}
{% endmacro %}

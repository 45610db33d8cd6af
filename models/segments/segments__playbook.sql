{{ config(
    materialized='view',
    schema=segmentation.segmentation_schema('public'),
    contract={'enforced': true},
) }}

{%- set copy = [
    'value_proposition', 'message_theme', 'to_do', 'to_avoid', 'offer', 'owner',
    'next_test',
] %}
{%- do segmentation.require_columns(
    ref('segment_playbook'), ['recommended_action'] + copy + ['review_date']
) %}

select
    definitions.segment_set,
    definitions.segment_code,
    definitions.segment_label,
    coalesce(playbook.description, definitions.rule_text) as description,
    coalesce(playbook.recommended_action, 'Not yet decided.') as recommended_action,
    {% for name in copy %}
    playbook.{{ name }},
    {% endfor %}
    playbook.review_date
from {{ ref('segments__definitions') }} as definitions
left join {{ ref('segment_playbook') }} as playbook
    on
        definitions.segment_set = playbook.segment_set
        and definitions.segment_code = playbook.segment_code

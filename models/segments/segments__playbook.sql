{{ config(
    materialized='view',
    schema=segmentation.segmentation_schema('public'),
    contract={'enforced': true},
) }}

select
    definitions.segment_set,
    definitions.segment_code,
    definitions.segment_label,
    coalesce(playbook.description, definitions.rule_text) as description,
    coalesce(playbook.recommended_action, 'Not yet decided.') as recommended_action
from {{ ref('segments__definitions') }} as definitions
left join {{ ref('segment_playbook') }} as playbook
    on
        definitions.segment_set = playbook.segment_set
        and definitions.segment_code = playbook.segment_code

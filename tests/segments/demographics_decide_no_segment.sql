{{ config(severity='warn', meta={'explains': true}) }}

{#- Primary segments carry offers; age, gender, place and income only describe. -#}
{%- set uses = segmentation.rule_uses() | selectattr('set', 'equalto', 'primary')
    | selectattr('feature', 'in', segmentation.describing_features()) | list %}

with uses as (

    {% for use in uses %}
    select distinct
        segment_code,
        {{ segmentation.text_literal(use.feature) }} as feature,
        {{ segmentation.text_literal(
            ' through ' ~ use.through_code ~ ' in ' ~ use.through_set
            if use.through_set else ''
        ) }} as through_text
    from {{ ref('segments__conditions') }}
    where segment_set = 'primary' and segment_code = '{{ use.code }}'
    union distinct
    {% endfor %}
    select
        segment_code,
        feature,
        '' as through_text
    from {{ ref('segments__conditions') }}
    where false

)

select
    'The rule of the primary segment ' || segment_code || ' rests on ' || feature
    || through_text || '. Primary segments carry offers and service; age, gender, '
    || 'place and income describe people and decide neither. Take it out of '
    || 'segmentation_segments, or give everybody in it and out of it the same price, '
    || 'offer and service.' as message
from uses

{{ config(meta={'explains': true}) }}

{#-
    What the compiled condition says a step below, at and a step above each number it
    is compared with, and of an unknown value, against what its operator means.
-#}
{%- set truths = {
    'equals': [false, true, false], 'not_equals': [true, false, true],
    'at_least': [false, true, true], 'above': [false, false, true],
    'at_most': [true, true, false], 'below': [true, false, false],
} %}
{%- set numbers = segmentation.rule_conditions() | selectattr('is_number')
    | selectattr('operator', 'in', truths.keys() | list) | list %}

with steps as (

    {% for row in numbers %}
    {% for step in [-0.001, 0, 0.001, none] %}
    select
        '{{ row.set }}' as segment_set,
        '{{ row.code }}' as segment_code,
        '{{ segmentation.rule_text([row.condition]) }}' as condition_text,
        {{ 'cast(null as double precision)' if step is none
            else 'cast(' ~ row.value ~ ' + ' ~ step ~ ' as double precision)' }}
            as value,
        coalesce({{ segmentation.condition_sql(row.condition) | replace(
            row.feature, 'cast(' ~ (
                'null' if step is none else row.value ~ ' + ' ~ step
            ) ~ ' as double precision)', 1
        ) }}, false) as found,
        {{ false if step is none else truths[row.operator][loop.index0] }} as expected
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
    {% if not numbers %}
    select
        '' as segment_set,
        '' as segment_code,
        '' as condition_text,
        cast(null as double precision) as value,
        true as found,
        true as expected
    {% endif %}

)

select
    'The condition "' || condition_text || '" of ' || segment_code || ' in '
    || segment_set || ' is ' || case when found then 'met' else 'not met' end || ' at '
    || coalesce(cast(value as {{ dbt.type_string() }}), 'an unknown value')
    || '; its operator means the opposite.' as message
from steps
where found <> expected

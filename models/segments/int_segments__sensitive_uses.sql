{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set text = dbt.type_string() %}

-- What rules and clusters rest on follows from the settings: whether anybody is in such
-- a segment today does not matter.
with uses as (

    {% for use in segmentation.rule_uses() + segmentation.audience_uses() %}
    select
        '{{ 'audience' if use.set == 'audience' else 'rule' }}' as used_by,
        {{ segmentation.text_literal(use.set) }} as segment_set,
        {{ segmentation.text_literal(use.code) }} as segment_code,
        {{ segmentation.text_literal(use.feature) }} as feature,
        {{ segmentation.text_literal(use.text) }} as value_text,
        {{ segmentation.text_literal(use.through_set) }} as through_set,
        {{ segmentation.text_literal(use.through_code) }} as through_code
    union all
    {% endfor %}
    {% for set_name in segmentation.cluster_sets() %}
    {% for name in segmentation.cluster_inputs(set_name) %}
    select
        'cluster' as used_by,
        {{ segmentation.text_literal(set_name) }} as segment_set,
        {{ segmentation.text_literal(none) }} as segment_code,
        {{ segmentation.text_literal(name) }} as feature,
        {{ segmentation.text_literal(none) }} as value_text,
        {{ segmentation.text_literal(none) }} as through_set,
        {{ segmentation.text_literal(none) }} as through_code
    {{ 'union all' if not loop.last }}
    {% endfor %}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- A trait is as sensitive as the questions that measure it.
patterns as (

    select
        topic,
        kind,
        pattern,
        pattern as compared_pattern,
        reason
    from {{ ref('sensitive_features') }}
    where kind <> 'question'
    union all
    select
        patterns.topic,
        'trait' as kind,
        patterns.pattern,
        {{ segmentation.sensitive_words('questions.trait') }} as compared_pattern,
        patterns.reason
    from {{ ref('survey_questions') }} as questions
    inner join {{ ref('sensitive_features') }} as patterns
        on
            patterns.kind = 'question'
            and {{ segmentation.sensitive_words('questions.question_code') }}
            like patterns.pattern
    where
        questions.dataset
        = {{ segmentation.text_literal(var('segmentation_dataset')) }}

),

ways as (

    select 'name' as way
    union all
    select 'name and value' as way
    union all
    select 'value' as way

),

spelled as (

    select
        uses.*,
        case
            when ways.way <> 'value' or uses.feature = 'leading_trait' then 'name'
            when uses.feature like '%category' then 'category'
        end as compared_as,
        {{ segmentation.sensitive_words(
            "case ways.way when 'name' then uses.feature"
            ~ " when 'value' then uses.value_text"
            ~ " else uses.feature || ' is ' || uses.value_text end"
        ) }} as words
    from uses
    cross join ways

),

matched as (

    select distinct
        spelled.used_by,
        spelled.segment_set,
        spelled.segment_code,
        spelled.feature,
        spelled.value_text,
        spelled.through_set,
        spelled.through_code,
        patterns.topic,
        patterns.pattern,
        patterns.reason
    from spelled
    inner join patterns
        on spelled.words like patterns.compared_pattern
    where
        spelled.compared_as = patterns.kind
        or (
            spelled.compared_as = 'name'
            and patterns.kind in ('feature', 'attribute', 'trait')
        )

),

overrides as (

    {% for entry in segmentation.sensitive_overrides() %}
    select
        {{ segmentation.text_literal(entry.get('feature')) }} as feature,
        {{ segmentation.text_literal(entry.get('pattern')) }} as pattern,
        {{ segmentation.text_literal(entry['topic']) }} as topic,
        {{ segmentation.text_literal(entry['lawful_basis']) }} as lawful_basis,
        {{ segmentation.text_literal(entry['decided_by']) }} as decided_by,
        {{ segmentation.date_literal(entry['decided_at']) }} as decided_date,
        {{ segmentation.date_literal(entry['until']) }} as until_date,
        {{ loop.index }} as place
    union all
    {% endfor %}
    select
        {{ segmentation.text_literal(none) }} as feature,
        {{ segmentation.text_literal(none) }} as pattern,
        {{ segmentation.text_literal(none) }} as topic,
        {{ segmentation.text_literal(none) }} as lawful_basis,
        {{ segmentation.text_literal(none) }} as decided_by,
        {{ segmentation.date_literal(none) }} as decided_date,
        {{ segmentation.date_literal(none) }} as until_date,
        0 as place

),

-- Of several overrides the one that lasts longest.
decided as (

    select
        matched.*,
        overrides.lawful_basis,
        overrides.decided_by,
        overrides.decided_date,
        overrides.until_date,
        row_number() over (
            partition by
                matched.used_by,
                matched.segment_set,
                matched.segment_code,
                matched.feature,
                matched.value_text,
                matched.through_set,
                matched.through_code,
                matched.topic,
                matched.pattern
            order by
                coalesce(overrides.until_date, cast('1900-01-01' as date)) desc,
                overrides.place asc
        ) as override_rank
    from matched
    left join overrides
        on
            matched.topic = overrides.topic
            and (
                matched.feature = overrides.feature
                or matched.pattern = overrides.pattern
            )

),

final as (

    select
        cast(used_by as {{ text }}) as used_by,
        segment_set,
        segment_code,
        feature,
        value_text,
        through_set,
        through_code,
        topic,
        pattern,
        reason,
        lawful_basis,
        decided_by,
        coalesce(until_date >= {{ segmentation.as_of_date() }}, false) as is_allowed,
        decided_date,
        until_date
    from decided
    where override_rank = 1

)

select * from final

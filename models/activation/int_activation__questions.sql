{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- do segmentation.require_columns(
    ref('question_catalogue'), [
        'dataset', 'question_code', 'surface', 'text', 'tells', 'friction_bits',
        'assumed_bits', 'reviewed_on',
    ]
) %}
{%- set dataset = segmentation.text_literal(var('segmentation_dataset')) %}

with surfaces as (

    {{ segmentation.question_surfaces() }}

),

places as (

    select distinct
        surface,
        channel,
        surface_place
    from surfaces

),

-- Words for one surface go before those for all.
written as (

    select
        catalogue.question_code,
        places.surface,
        places.channel,
        catalogue.text,
        catalogue.tells,
        places.surface_place,
        catalogue.friction_bits,
        catalogue.assumed_bits,
        catalogue.reviewed_on,
        row_number() over (
            partition by catalogue.question_code, places.surface
            order by case when catalogue.surface is null then 1 else 0 end asc
        ) as word_rank
    from {{ ref('question_catalogue') }} as catalogue
    inner join places
        on catalogue.surface = places.surface or catalogue.surface is null
    where catalogue.dataset = {{ dataset }}

),

-- No override counts here: what is sensitive may be known, and is not asked for. Words
-- are compared with every pattern, whatever it was written for.
sensitive as (

    select
        written.question_code,
        min({{ segmentation.binary_order('patterns.topic') }}) as topic
    from written
    inner join {{ ref('sensitive_features') }} as patterns
        on
            {{ segmentation.question_words('written.text') }} like patterns.pattern
            or {{ segmentation.sensitive_words('written.tells') }}
            like patterns.pattern
            or {{ segmentation.sensitive_words('written.question_code') }}
            like patterns.pattern
    group by written.question_code

),

final as (

    select
        written.question_code,
        written.surface,
        written.channel,
        written.text as question_text,
        written.tells,
        case when traits.question_code is null then 'attribute' else 'trait' end
            as tells_kind,
        case
            when traits.question_code is null then 'demographic'
            else 'psychographic'
        end as code_set,
        case
            when sensitive.topic is not null then 'sensitive'
            when
                written.reviewed_on is null
                or written.reviewed_on > {{ segmentation.as_of_date() }}
                then 'not_reviewed'
            else 'approved'
        end as review_status,
        sensitive.topic as sensitive_topic,
        written.surface_place,
        written.friction_bits,
        written.assumed_bits
    from written
    left join sensitive
        on written.question_code = sensitive.question_code
    left join {{ ref('survey_questions') }} as traits
        on
            written.question_code = traits.question_code
            and traits.dataset = {{ dataset }}
    where written.word_rank = 1

)

select * from final

{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set text = dbt.type_string() %}
{%- set fewest = var('segmentation_questions').fewest_respondents %}
{%- set dataset = segmentation.text_literal(var('segmentation_dataset')) %}
{%- set strata = segmentation.answer_strata() %}
{%- set reserved = segmentation.reserved_codes() %}

with customers as (

    select * from {{ ref('int_activation__customers') }}

),

questions as (

    select
        question_code,
        tells,
        tells_kind,
        code_set,
        max(assumed_bits) as assumed_bits
    from {{ ref('int_activation__questions') }}
    where review_status = 'approved'
    group by question_code, tells, tells_kind, code_set

),

-- The scale of a trait may have questions that are not in the catalogue.
scales as (

    select
        question_code,
        trait,
        row_number() over (
            partition by trait
            order by {{ segmentation.binary_order('question_code') }} asc
        ) as place,
        count(*) over (partition by trait) as question_count
    from {{ ref('survey_questions') }}
    where dataset = {{ dataset }}

),

scale_size as (

    select count(distinct trait) as trait_count from scales

),

given as (

    select
        answers.customer_id,
        answers.question_code,
        answers.trait,
        answers.trait_score,
        scales.place,
        scales.question_count,
        count(*) over (
            partition by answers.customer_id, answers.trait
        ) - 1 as other_count,
        sum(answers.trait_score) over (
            partition by answers.customer_id, answers.trait
        ) - answers.trait_score as other_total
    from {{ ref('int_features__trait_answers') }} as answers
    inner join scales
        on answers.question_code = scales.question_code
    inner join customers
        on answers.customer_id = customers.customer_id
    where
        answers.answered_date <= {{ segmentation.as_of_date() }}
        and (
            answers.replaced_date > {{ segmentation.as_of_date() }}
            or answers.replaced_date is null
        )

),

measured as (

    select
        customer_id,
        count(distinct trait) as trait_count
    from given
    group by customer_id

),

-- With one answer known it is the next one of the scale, so that each counts once.
answered as (

    select
        given.customer_id,
        given.question_code,
        cast(given.trait_score as {{ text }}) as answer,
        {{ segmentation.answer_stratum('1', 'following.trait_score') }} as one_stratum,
        {{ segmentation.answer_stratum('given.other_count', 'given.other_total') }}
            as more_stratum,
        given.other_count,
        measured.trait_count = scale_size.trait_count as is_measured
    from given
    inner join measured on given.customer_id = measured.customer_id
    cross join scale_size
    left join given as following
        on
            given.customer_id = following.customer_id
            and given.trait = following.trait
            and given.question_code <> following.question_code
            and mod(given.place, given.question_count) + 1 = following.place

),

attributes as (

    {{ segmentation.known_attributes() }}

),

observed as (

    select
        customer_id,
        question_code,
        answer,
        'none' as stratum,
        is_measured
    from answered
    union all
    select
        customer_id,
        question_code,
        answer,
        one_stratum as stratum,
        is_measured
    from answered
    where one_stratum is not null
    union all
    select
        customer_id,
        question_code,
        answer,
        more_stratum as stratum,
        is_measured
    from answered
    where other_count >= 2
    union all
    select
        attributes.customer_id,
        questions.question_code,
        attributes.attribute_value as answer,
        'none' as stratum,
        true as is_measured
    from attributes
    inner join questions
        on attributes.attribute_name = questions.tells
    where questions.tells_kind = 'attribute'

),

-- Of a code that rests on few traits, the answers say which were asked.
targets as (

    select
        observed.question_code,
        questions.code_set as target_set,
        observed.stratum,
        observed.answer,
        case questions.code_set
            when 'psychographic' then customers.psychographic
            else customers.demographic
        end as code
    from observed
    inner join questions on observed.question_code = questions.question_code
    inner join customers on observed.customer_id = customers.customer_id
    where observed.is_measured
    union all
    select
        observed.question_code,
        'value_tier' as target_set,
        observed.stratum,
        observed.answer,
        customers.value_tier as code
    from observed
    inner join questions on observed.question_code = questions.question_code
    inner join customers on observed.customer_id = customers.customer_id

),

cells as (

    select
        question_code,
        target_set,
        stratum,
        answer,
        code,
        cast(count(*) as double precision) as people
    from targets
    where
        code not in (
            {% for code in reserved %}
            '{{ code }}'{{ ',' if not loop.last }}
            {% endfor %}
        )
    group by question_code, target_set, stratum, answer, code

),

margins as (

    select
        cells.*,
        sum(people) over (partition by question_code, target_set, stratum)
            as all_people,
        sum(people) over (partition by question_code, target_set, stratum, answer)
            as answer_people,
        sum(people) over (partition by question_code, target_set, stratum, code)
            as code_people
    from cells

),

-- Mutual information with the correction of Miller and Madow for each of its entropies.
informed as (

    select
        question_code,
        target_set,
        stratum,
        max(all_people) as people,
        (
            sum(people * ln(people * all_people / (answer_people * code_people)))
            + (count(distinct answer) + count(distinct code) - count(*) - 1) / 2e0
        ) / ln(2e0) as people_bits
    from margins
    group by question_code, target_set, stratum

),

-- Averaged over the levels, what is known stays known; of all who answered it does not.
groups as (

    select
        question_code,
        target_set,
        stratum as known_group,
        people,
        people_bits
    from informed
    union all
    select
        question_code,
        target_set,
        case when stratum like 'one%' then 'one' else 'more' end as known_group,
        sum(people) as people,
        sum(people_bits) as people_bits
    from informed
    where stratum <> 'none'
    group by
        question_code,
        target_set,
        case when stratum like 'one%' then 'one' else 'more' end

),

measures as (

    select
        question_code,
        target_set,
        known_group,
        cast(people as bigint) as respondent_count,
        {{ segmentation.round_score('greatest(0e0, people_bits / people)') }} as bits
    from groups

),

strata as (

    {% for stratum in strata %}
    select
        '{{ stratum }}' as stratum,
        '{{ stratum.split('_')[0] }}' as count_group
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

asked_sets as (

    select
        question_code,
        tells_kind,
        code_set as target_set,
        assumed_bits
    from questions
    union all
    select
        question_code,
        tells_kind,
        'value_tier' as target_set,
        cast(0 as numeric(9, 6)) as assumed_bits
    from questions

),

final as (

    select
        asked.question_code,
        asked.target_set,
        strata.stratum,
        case
            when own.respondent_count >= {{ fewest }} then 'stratum'
            when counted.respondent_count >= {{ fewest }} then 'count'
            when everyone.respondent_count >= {{ fewest }} then 'question'
            when asked.assumed_bits is not null then 'assumed'
            else 'unknown'
        end as basis,
        coalesce(own.respondent_count, 0) as respondent_count,
        case
            when own.respondent_count >= {{ fewest }} then own.bits
            when counted.respondent_count >= {{ fewest }} then counted.bits
            when everyone.respondent_count >= {{ fewest }} then everyone.bits
            else cast(asked.assumed_bits as double precision)
        end as information_bits
    from asked_sets as asked
    inner join strata
        on asked.tells_kind = 'trait' or strata.stratum = 'none'
    left join measures as own
        on
            asked.question_code = own.question_code
            and asked.target_set = own.target_set
            and strata.stratum = own.known_group
    left join measures as counted
        on
            asked.question_code = counted.question_code
            and asked.target_set = counted.target_set
            and strata.count_group = counted.known_group
    left join measures as everyone
        on
            asked.question_code = everyone.question_code
            and asked.target_set = everyone.target_set
            and everyone.known_group = 'none'

)

select * from final

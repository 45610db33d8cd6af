{{ segmentation.state_config(
    'internal', touched='int_identity__touched_customers', state_key=['customer_id']
) }}

{%- set run = segmentation.run_to_continue() %}

with questions as (

    select
        question_code,
        trait,
        lowest_score,
        highest_score,
        is_reversed
    from {{ ref('survey_questions') }}
    where dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}

),

answers as (

    select
        map.customer_id,
        questions.question_code,
        questions.trait,
        {{ segmentation.local_date('responses.responded_at') }} as answered_date,
        case
            when questions.is_reversed
                then questions.highest_score - responses.answer_score
            else responses.answer_score - questions.lowest_score
        end as points,
        questions.highest_score - questions.lowest_score as most_points,
        row_number() over (
            partition by
                map.customer_id,
                questions.question_code,
                {{ segmentation.local_date('responses.responded_at') }}
            order by
                responses.responded_at desc,
                {{ segmentation.binary_order('responses.source_system') }} asc,
                {{ segmentation.binary_order('responses.response_id') }} asc
        ) as day_rank
    from {{ ref('input__survey_responses') }} as responses
    inner join questions
        on responses.question_code = questions.question_code
    inner join {{ ref('identity__customer_map') }} as map
        on
            responses.source_system = map.source_system
            and responses.source_customer_id = map.source_customer_id
    {{ segmentation.only_touched('map', run) }}
    -- An answer off the scale answers another question.
    where
        responses.answer_score between questions.lowest_score
        and questions.highest_score

),

final as (

    select
        customer_id,
        question_code,
        trait,
        cast(
            {{ segmentation.ratio('points', 'most_points') }} as numeric(10, 9)
        ) as trait_score,
        answered_date,
        lead(answered_date) over (
            partition by customer_id, question_code
            order by answered_date asc
        ) as replaced_date
    from answers
    where day_rank = 1

)

select * from final

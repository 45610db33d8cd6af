{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#- An answer enters on its day and leaves when the same question is answered again. -#}
with asked as (

    select
        source_system,
        source_customer_id,
        question_code,
        occurred_at as asked_at
    from {{ ref('input__question_prompts') }}
    union all
    select
        source_system,
        source_customer_id,
        question_code,
        responded_at as asked_at
    from {{ ref('input__survey_responses') }}

),

movements as (

    select
        customer_id,
        trait,
        1 as answer_count,
        trait_score,
        0 as asked_count,
        answered_date as effective_date
    from {{ ref('int_features__trait_answers') }}
    union all
    select
        customer_id,
        trait,
        -1 as answer_count,
        -trait_score as trait_score,
        0 as asked_count,
        replaced_date as effective_date
    from {{ ref('int_features__trait_answers') }}
    where replaced_date is not null
    union all
    select
        map.customer_id,
        cast(null as {{ dbt.type_string() }}) as trait,
        0 as answer_count,
        cast(0 as numeric(10, 9)) as trait_score,
        1 as asked_count,
        {{ segmentation.local_date('asked.asked_at') }} as effective_date
    from asked
    inner join {{ ref('survey_questions') }} as questions
        on asked.question_code = questions.question_code
    inner join {{ ref('int_features__touched_map') }} as map
        on
            asked.source_system = map.source_system
            and asked.source_customer_id = map.source_customer_id
    where questions.dataset = {{ segmentation.rule_literal(
        var('segmentation_dataset')
    ) }}

),

effective_dates as (

    select distinct effective_date from movements

),

buckets as (

    select
        effective_dates.effective_date,
        min(dates.as_of_date) as as_of_date
    from effective_dates
    inner join {{ ref('features__as_of_dates') }} as dates
        on effective_dates.effective_date <= dates.as_of_date
    group by effective_dates.effective_date

),

starts as (

    select * from {{ ref('int_features__panel_starts') }}

),

-- What somebody did before they were known counts from the first date they are.
dated as (

    select
        movements.*,
        greatest(buckets.as_of_date, starts.first_as_of_date) as as_of_date
    from movements
    inner join buckets
        on movements.effective_date = buckets.effective_date
    inner join starts
        on movements.customer_id = starts.customer_id

),

final as (

    select
        customer_id,
        {% for trait in segmentation.psychographic_traits() %}
        sum(
            case
                when trait = '{{ trait }}' then answer_count
                else 0
            end
        ) as {{ trait }}_answer_count,
        sum(
            case
                when trait = '{{ trait }}' then trait_score
                else 0
            end
        ) as {{ trait }}_total,
        {% endfor %}
        sum(asked_count) as asked_count,
        as_of_date
    from dated
    group by customer_id, as_of_date

)

select * from final

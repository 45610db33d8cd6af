{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

{#- As many prompts of the surface as a question's own are leant on. -#}
{%- set prior_count = 30 %}
{%- set rates = ['answered', 'declined', 'abandoned', 'refused'] %}
{%- set limit = var('segmentation_questions').most_refused_share %}

with prompts as (

    select
        question_code,
        coalesce(surface, 'unknown') as surface,
        count(*) as prompt_count,
        sum(case when outcome = 'answered' then 1 else 0 end) as answered_count,
        sum(case when outcome = 'declined' then 1 else 0 end) as declined_count,
        sum(case when outcome = 'abandoned' then 1 else 0 end) as abandoned_count,
        sum(case when outcome in ('declined', 'abandoned') then 1 else 0 end)
            as refused_count
    from {{ ref('input__question_prompts') }}
    group by question_code, coalesce(surface, 'unknown')

),

surfaces as (

    select
        surface,
        cast(sum(refused_count) as double precision) / sum(prompt_count)
            as refused_share
    from prompts
    group by surface

),

joined as (

    select
        coalesce(questions.question_code, prompts.question_code) as question_code,
        coalesce(questions.surface, prompts.surface) as surface,
        questions.review_status,
        questions.sensitive_topic,
        coalesce(prompts.prompt_count, 0) as prompt_count,
        {% for rate in rates %}
        coalesce(prompts.{{ rate }}_count, 0) as {{ rate }}_count,
        {% endfor %}
        coalesce(surfaces.refused_share, 0) as surface_refused_share
    from {{ ref('int_activation__questions') }} as questions
    full outer join prompts
        on
            questions.question_code = prompts.question_code
            and questions.surface = prompts.surface
    left join surfaces
        on coalesce(questions.surface, prompts.surface) = surfaces.surface

),

rated as (

    select
        joined.*,
        {% for rate in rates %}
        {{ segmentation.ratio(rate ~ '_count', 'prompt_count') }}
            as {{ rate }}_share,
        {{ segmentation.wilson_bound(rate ~ '_count', 'prompt_count', '-') }}
            as {{ rate }}_share_low,
        {{ segmentation.wilson_bound(rate ~ '_count', 'prompt_count', '+') }}
            as {{ rate }}_share_high,
        {% endfor %}
        {{ segmentation.round_score(
            '(refused_count + ' ~ prior_count ~ ' * surface_refused_share)'
            ~ ' / (prompt_count + ' ~ prior_count ~ ')'
        ) }} as expected_refused_share
    from joined

),

final as (

    select
        cast(question_code as {{ dbt.type_string() }}) as question_code,
        cast(surface as {{ dbt.type_string() }}) as surface,
        cast(
            case
                when review_status is null then 'not_in_catalogue'
                when review_status <> 'approved' then review_status
                when refused_share_low > {{ limit }} then 'refused_too_often'
                else 'asked'
            end as {{ dbt.type_string() }}
        ) as status,
        cast(sensitive_topic as {{ dbt.type_string() }}) as sensitive_topic,
        cast(prompt_count as bigint) as prompt_count,
        {% for rate in rates %}
        cast({{ rate }}_count as bigint) as {{ rate }}_count,
        {{ rate }}_share,
        {{ rate }}_share_low,
        {{ rate }}_share_high,
        {% endfor %}
        expected_refused_share
    from rated

)

select * from final

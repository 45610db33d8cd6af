{{ config(meta={'explains': true}) }}

{%- set surfaces = segmentation.asked_surfaces() | map(attribute='code') | list %}

with catalogue as (

    select * from {{ ref('question_catalogue') }}
    where dataset = {{ segmentation.text_literal(var('segmentation_dataset')) }}

),

copies as (

    select
        question_code,
        coalesce(surface, '') as surface,
        count(*) as row_count
    from catalogue
    group by question_code, coalesce(surface, '')

),

meanings as (

    select
        question_code,
        count(distinct tells) as told_count
    from catalogue
    group by question_code

)

select
    'The question ' || question_code || ' stands in the seed question_catalogue '
    || 'twice for the same surface; keep one row.' as message
from copies
where row_count > 1
union all
select
    'The question ' || question_code || ' tells several things in the seed '
    || 'question_catalogue; write the same in each of its rows.' as message
from meanings
where told_count > 1
union all
select
    'The seed question_catalogue has the question ' || question_code || ' on the '
    || 'surface ' || surface || ', which segmentation_questions does not have: '
    || '{{ surfaces | join(", ") }}. Add it there, or correct it.' as message
from copies
where
    surface not in (
        {% for surface in surfaces %}
        '{{ surface }}',
        {% endfor %}
        ''
    )
union all
select
    'The question ' || catalogue.question_code || ' tells ' || catalogue.tells
    || ' in the seed question_catalogue and ' || questions.trait
    || ' in survey_questions; correct one of them.' as message
from catalogue
inner join {{ ref('survey_questions') }} as questions
    on
        catalogue.dataset = questions.dataset
        and catalogue.question_code = questions.question_code
        and catalogue.tells <> questions.trait
union all
select
    'The question ' || question_code || ' has no text, tells nothing or has no '
    || 'friction_bits in the seed question_catalogue; fill them in.' as message
from catalogue
where
    nullif(trim(text), '') is null
    or nullif(trim(tells), '') is null
    or friction_bits is null
    or friction_bits < 0

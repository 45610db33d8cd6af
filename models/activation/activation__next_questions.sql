{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

{%- set settings = var('segmentation_questions') %}
{%- set text = dbt.type_string() %}
{%- set reserved = segmentation.reserved_codes() %}

with customers as (

    select
        customer_id,
        value_tier = 'no_orders' as is_tier_open,
        demographic in (
            {% for code in reserved %}
            '{{ code }}'{{ ',' if not loop.last }}
            {% endfor %}
        ) as is_demographic_open
    from {{ ref('int_activation__customers') }}

),

surfaces as (

    {{ segmentation.question_surfaces() }}

),

prompts as (

    select
        map.customer_id,
        prompts.question_code,
        prompts.outcome,
        prompts.occurred_at
    from {{ ref('input__question_prompts') }} as prompts
    inner join {{ ref('identity__customer_map') }} as map
        on
            prompts.source_system = map.source_system
            and prompts.source_customer_id = map.source_customer_id

),

pressure as (

    select
        customer_id,
        count(
            case when occurred_at >= {{ segmentation.window_start(7) }} then 1 end
        ) as prompt_count_7d,
        count(
            case when occurred_at >= {{ segmentation.window_start(30) }} then 1 end
        ) as prompt_count_30d,
        max(occurred_at) as last_prompt_at
    from prompts
    group by customer_id

),

-- Without prompts nobody knows who was asked what: then nobody is asked.
rested as (

    select
        customers.*,
        coalesce(pressure.prompt_count_7d, 0) as prompt_count_7d,
        coalesce(pressure.prompt_count_30d, 0) as prompt_count_30d,
        pressure.last_prompt_at
    from customers
    left join pressure on customers.customer_id = pressure.customer_id
    where
        {{ 'true' if segmentation.entity_sources('question_prompts') else 'false' }}
        and coalesce(pressure.prompt_count_7d, 0) < {{ settings.cap_7d }}
        and coalesce(pressure.prompt_count_30d, 0) < {{ settings.cap_30d }}
        and (
            pressure.last_prompt_at
            < {{ segmentation.window_start(settings.cool_down_days) }}
            or pressure.last_prompt_at is null
        )

),

-- Who of two people answers at a shared login or address cannot be told.
held as (

    select
        customer_id,
        channel,
        identifier_hash,
        is_reachable,
        count(*) over (partition by channel, identifier_hash) as holder_count
    from {{ ref('contact__reachability') }}
    where identifier_hash is not null

),

consented as (

    select
        consents.customer_id,
        surfaces.surface,
        surfaces.channel,
        {{ dbt.listagg(
            "consents.purpose || '=' || consents.source_system || '/' "
            ~ "|| consents.consent_id",
            "', '", "order by consents.purpose"
        ) }} as consent_references
    from {{ ref('contact__consents') }} as consents
    inner join surfaces
        on
            consents.channel = surfaces.channel
            and consents.purpose = surfaces.purpose
    where consents.is_granted
    group by
        consents.customer_id,
        surfaces.surface,
        surfaces.channel,
        surfaces.purpose_count
    having count(*) = surfaces.purpose_count

),

allowed as (

    select
        rested.*,
        held.channel,
        held.identifier_hash,
        consented.surface,
        consented.consent_references
    from rested
    inner join consented on rested.customer_id = consented.customer_id
    inner join held
        on
            consented.customer_id = held.customer_id
            and consented.channel = held.channel
    where held.is_reachable and held.holder_count = 1

),

-- An answer off the scale is an answer.
answered as (

    select
        customer_id,
        question_code
    from prompts
    where outcome = 'answered'
    union distinct
    select
        map.customer_id,
        responses.question_code
    from {{ ref('input__survey_responses') }} as responses
    inner join {{ ref('identity__customer_map') }} as map
        on
            responses.source_system = map.source_system
            and responses.source_customer_id = map.source_customer_id

),

known_attributes as (

    {{ segmentation.known_attributes() }}

),

-- Who declines to say something is not asked for it in other words.
closed as (

    select
        prompts.customer_id,
        questions.tells
    from prompts
    inner join {{ ref('int_activation__questions') }} as questions
        on prompts.question_code = questions.question_code
    where
        prompts.outcome = 'declined'
        {% if settings.declined_days is not none %}
        and prompts.occurred_at
        >= {{ segmentation.window_start(settings.declined_days) }}
        {% endif %}
    union distinct
    select
        answered.customer_id,
        questions.tells
    from answered
    inner join {{ ref('int_activation__questions') }} as questions
        on answered.question_code = questions.question_code
    where questions.tells_kind = 'attribute'
    union distinct
    select
        customer_id,
        attribute_name as tells
    from known_attributes

),

known_traits as (

    select
        customer_id,
        trait,
        {{ segmentation.answer_stratum('count(*)', 'sum(trait_score)') }} as stratum
    from {{ ref('int_features__trait_answers') }}
    where
        answered_date <= {{ segmentation.as_of_date() }}
        and (
            replaced_date > {{ segmentation.as_of_date() }}
            or replaced_date is null
        )
    group by customer_id, trait

),

-- What a question scores depends on few things that are known, not on who it is.
states as (

    select
        true as is_tier_open,
        true as is_demographic_open
    union all
    select
        true as is_tier_open,
        false as is_demographic_open
    union all
    select
        false as is_tier_open,
        true as is_demographic_open
    union all
    select
        false as is_tier_open,
        false as is_demographic_open

),

-- What is settled cannot be told again.
informed as (

    select
        questions.question_code,
        questions.surface,
        questions.question_text,
        questions.tells,
        questions.tells_kind,
        questions.code_set,
        questions.surface_place,
        questions.friction_bits as declared_bits,
        outcomes.expected_refused_share,
        codes.stratum,
        codes.basis,
        states.is_tier_open,
        states.is_demographic_open,
        case
            when
                questions.code_set = 'demographic'
                and not states.is_demographic_open
                then 0e0
            else codes.information_bits
        end as code_bits,
        case
            when states.is_tier_open then tiers.information_bits else 0e0
        end as tier_bits
    from {{ ref('int_activation__questions') }} as questions
    inner join {{ ref('activation__question_outcomes') }} as outcomes
        on
            questions.question_code = outcomes.question_code
            and questions.surface = outcomes.surface
    inner join {{ ref('int_activation__question_worth') }} as codes
        on
            questions.question_code = codes.question_code
            and questions.code_set = codes.target_set
    inner join {{ ref('int_activation__question_worth') }} as tiers
        on
            codes.question_code = tiers.question_code
            and codes.stratum = tiers.stratum
            and tiers.target_set = 'value_tier'
    cross join states
    where outcomes.status = 'asked'

),

scored as (

    select
        informed.*,
        {{ segmentation.round_score('code_bits + tier_bits') }} as information_bits,
        {{ segmentation.round_score(
            'declared_bits + expected_refused_share * (code_bits + tier_bits)'
        ) }} as friction_bits,
        {{ segmentation.round_score(
            '(1 - expected_refused_share) * (code_bits + tier_bits) - declared_bits'
        ) }} as score_bits
    from informed

),

placed as (

    select
        scored.*,
        row_number() over (
            order by
                score_bits desc,
                surface_place asc,
                {{ segmentation.binary_order('question_code') }} asc,
                {{ segmentation.binary_order('stratum') }} asc,
                is_tier_open asc,
                is_demographic_open asc
        ) as place
    from scored
    where score_bits > 0

),

subjects as (

    select distinct
        surface,
        tells,
        tells_kind
    from placed

),

open_subjects as (

    select
        allowed.customer_id,
        allowed.surface,
        allowed.is_tier_open,
        allowed.is_demographic_open,
        subjects.tells,
        coalesce(traits.stratum, 'none') as stratum
    from allowed
    inner join subjects on allowed.surface = subjects.surface
    left join known_traits as traits
        on
            allowed.customer_id = traits.customer_id
            and subjects.tells = traits.trait
            and subjects.tells_kind = 'trait'
    left join closed
        on
            allowed.customer_id = closed.customer_id
            and subjects.tells = closed.tells
    where closed.customer_id is null

),

best as (

    select
        open_subjects.customer_id,
        min(placed.place) as place
    from open_subjects
    inner join placed
        on
            open_subjects.surface = placed.surface
            and open_subjects.tells = placed.tells
            and open_subjects.stratum = placed.stratum
            and open_subjects.is_tier_open = placed.is_tier_open
            and open_subjects.is_demographic_open = placed.is_demographic_open
    left join answered
        on
            open_subjects.customer_id = answered.customer_id
            and placed.question_code = answered.question_code
    where answered.customer_id is null
    group by open_subjects.customer_id

),

final as (

    select
        best.customer_id,
        cast(placed.surface as {{ text }}) as surface,
        cast(allowed.channel as {{ text }}) as channel,
        allowed.identifier_hash,
        cast(placed.question_code as {{ text }}) as question_code,
        cast(placed.question_text as {{ text }}) as question_text,
        cast(placed.tells as {{ text }}) as tells,
        cast(placed.code_set as {{ text }}) as code_set,
        cast(placed.stratum as {{ text }}) as known_before,
        cast(placed.basis as {{ text }}) as basis,
        cast(allowed.consent_references as {{ text }}) as consent_references,
        placed.information_bits,
        placed.code_bits,
        placed.tier_bits,
        placed.friction_bits,
        placed.score_bits,
        cast(allowed.prompt_count_7d as bigint) as prompt_count_7d,
        cast(allowed.prompt_count_30d as bigint) as prompt_count_30d,
        {{ segmentation.as_of_date() }} as as_of_date,
        allowed.last_prompt_at
    from best
    inner join placed on best.place = placed.place
    inner join allowed
        on
            best.customer_id = allowed.customer_id
            and placed.surface = allowed.surface

)

select * from final

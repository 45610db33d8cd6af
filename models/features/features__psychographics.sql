{{ segmentation.panel_row_config('public') }}
{{ config(contract={'enforced': true}) }}

{%- set run = segmentation.run_to_continue() %}

{%- set traits = segmentation.psychographic_traits() -%}
{%- set fewest_answers = 3 %}

with compared as (

    select
        traits.*,
        {% for trait in traits %}
        100 * cast(traits.{{ trait }} as numeric(10, 9))
        - norms.{{ trait }}_hundredths as {{ trait }}_lead,
        {% endfor %}
        greatest(traits.{{ traits | join(', traits.') }}) as highest,
        least(traits.{{ traits | join(', traits.') }}) as lowest
    from {{ ref('int_features__traits') }} as traits
    inner join {{ ref('int_features__norms') }} as norms
        on traits.as_of_date = norms.as_of_date
    {{ segmentation.only_touched('traits', run) }}

),

final as (

    select
        compared.customer_id,
        compared.as_of_date,
        case
            when not compared.is_profiled then 'not_profiled'
            when compared.answer_count >= {{ fewest_answers }} then 'answered'
            when compared.answer_count > 0 then 'too_few_answers'
            when compared.is_asked then 'asked_not_answered'
            else 'not_asked'
        end as response_status,
        case
            when
                compared.answer_count >= {{ fewest_answers }}
                and compared.highest > compared.lowest
                then {{ segmentation.first_largest(traits, '', '_lead') }}
        end as leading_trait,
        compared.answer_count,
        {% for trait in traits %}
        compared.{{ trait }}_answer_count,
        {% endfor %}
        {% for trait in traits %}
        compared.{{ trait }},
        {% endfor %}
        cast(value.discount_score - 1 as double precision) / 4
            as inferred_price_consciousness,
        cast(value.variety_score - 1 as double precision) / 4
            as inferred_novelty_seeking
    from compared
    inner join {{ ref('features__value') }} as value
        on
            compared.customer_id = value.customer_id
            and compared.as_of_date = value.as_of_date

)

select * from final

{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set aspects = segmentation.layer_aspects() %}
{%- set layers = aspects | map(attribute='layer') | unique | list %}

with evidence as (

    select
        {% for aspect in aspects if aspect.rows is defined %}
        max(case when has_{{ aspect.name }} then 1 else 0 end)
            as {{ aspect.name }},
        {% endfor %}
        customer_id
    from {{ ref('int_measurement__source_customers') }}
    group by customer_id

),

customers as (

    select
        {% for aspect in aspects %}
        {% if aspect.rows is defined %}
        coalesce(evidence.{{ aspect.name }}, 0) as {{ aspect.name }},
        {% else %}
        {{ segmentation.known_feature(aspect.features) }} as {{ aspect.name }},
        {% endif %}
        {% endfor %}
        features.customer_id
    from {{ ref('features__customers') }} as features
    left join evidence
        on features.customer_id = evidence.customer_id
    where features.as_of_date = {{ segmentation.as_of_date() }}

),

counted as (

    select
        {% for aspect in aspects %}
        coalesce(sum({{ aspect.name }}), 0) as {{ aspect.name }},
        {% endfor %}
        {% for layer in layers %}
        coalesce(
            sum(greatest({{ (
                aspects | selectattr('layer', 'equalto', layer)
                | map(attribute='name') | join(', ')
            ) }})),
            0
        ) as {{ layer }}_customers,
        {% endfor %}
        count(*) as customer_count
    from customers

),

layers as (

    {% for layer in layers %}
    {%- set own = aspects | selectattr('layer', 'equalto', layer) | list %}
    select
        cast('{{ layer }}' as {{ dbt.type_string() }}) as layer,
        case
            {% for aspect in own %}
            when {{ aspect.name }} = 0 then '{{ aspect.name }}'
            {% endfor %}
        end as next_aspect,
        cast({{ own | length }} as bigint) as aspect_count,
        {{ segmentation.positive_count(own | map(attribute='name')) }}
            as live_aspect_count,
        {{ layer }}_customers as customer_count,
        customer_count as identified_customer_count
    from counted
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

needs as (

    {% for aspect in aspects %}
    select
        '{{ aspect.name }}' as aspect,
        '{{ aspect.family }}' as family,
        '{{ aspect.needs }}' as needed_text
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        layers.layer,
        cast(
            case
                when layers.live_aspect_count = 0 then 'absent'
                when layers.live_aspect_count < layers.aspect_count then 'partial'
                else 'live'
            end as {{ dbt.type_string() }}
        ) as state,
        cast(layers.next_aspect as {{ dbt.type_string() }}) as next_aspect,
        cast(needs.family as {{ dbt.type_string() }}) as next_family,
        cast(
            coalesce(
                'Nobody has ' || replace(layers.next_aspect, '_', ' ') || ': it needs '
                || needs.needed_text || '. The family ' || needs.family || ' is '
                || families.state || '.'
                || case
                    when families.state_number
                        < {{ segmentation.state_number('partial') }}
                        then ' ' || families.finding_text
                    else ''
                end,
                'Every aspect is known of somebody.'
            ) as {{ dbt.type_string() }}
        ) as next_step_text,
        cast(
            case
                when layers.live_aspect_count = 0 then 0
                when layers.live_aspect_count < layers.aspect_count then 1
                else 2
            end as bigint
        ) as state_number,
        cast(layers.live_aspect_count as bigint) as live_aspect_count,
        layers.aspect_count,
        cast(layers.customer_count as bigint) as customer_count,
        cast(layers.identified_customer_count as bigint) as identified_customer_count,
        {{ segmentation.ratio(
            'layers.customer_count', 'layers.identified_customer_count'
        ) }} as customer_share
    from layers
    left join needs
        on layers.next_aspect = needs.aspect
    left join {{ ref('measurement__source_families') }} as families
        on needs.family = families.family

)

select * from final

{{ segmentation.state_config(
    'public',
    touched='int_segments__recoded_sets',
    state_key=['customer_id', 'segment_set']
) }}
{{ config(contract={'enforced': true}) }}

{%- set run = segmentation.run_to_continue() %}

with by_set as (

    {% for set_name, column in segmentation.segment_sets().items() %}
    select
        customer_id,
        cast('{{ set_name }}' as {{ dbt.type_string() }}) as segment_set,
        {{ column }} as segment_code,
        as_of_date
    from {{ ref('segments__memberships') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

compared as (

    select
        by_set.customer_id,
        by_set.segment_set,
        by_set.segment_code,
        by_set.as_of_date,
        lag(by_set.segment_code) over (
            partition by by_set.customer_id, by_set.segment_set
            order by by_set.as_of_date asc
        ) as previous_code
    from by_set
    {{ segmentation.only_touched('by_set', run) }}

),

changes as (

    select
        customer_id,
        segment_set,
        segment_code,
        as_of_date as valid_from
    from compared
    where previous_code is null or previous_code <> segment_code

),

final as (

    select
        customer_id,
        segment_set,
        segment_code,
        valid_from,
        lead(valid_from) over (
            partition by customer_id, segment_set
            order by valid_from asc
        ) as valid_to
    from changes

)

select * from final

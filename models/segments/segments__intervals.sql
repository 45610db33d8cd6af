{{ segmentation.state_config(
    'public',
    touched='int_features__touched_customers',
    state_key=['customer_id'],
    is_wider=true
) }}
{{ config(contract={'enforced': true}) }}

{#-
    An interval changes where a past row is computed anew, where the last code is
    another one than at the date before, and where it began or ended at the last date or
    at one that has left the panel.
-#}
{%- set run = segmentation.run_to_continue() %}
{#- A unit test gives no rows for what it never reads. -#}
{%- if not execute -%}{%- do ref('int_features__touched_rows') -%}{%- endif -%}
{%- if not execute -%}{%- do ref('features__as_of_dates') -%}{%- endif %}

{% if run %}
with dates as (

    select
        as_of_date,
        lag(as_of_date) over (order by as_of_date asc) as earlier_date,
        is_current
    from {{ ref('features__as_of_dates') }}

),

touched as (

    select customer_id
    from {{ ref('int_features__touched_customers') }}
    union
    select anew.customer_id
    from {{ ref('int_features__touched_rows') }} as anew
    inner join dates
        on anew.as_of_date = dates.as_of_date
    where not dates.is_current
    union
    select latest.customer_id
    from {{ ref('segments__memberships') }} as latest
    inner join dates
        on latest.as_of_date = dates.as_of_date
    left join {{ ref('segments__memberships') }} as earlier
        on
            latest.customer_id = earlier.customer_id
            and dates.earlier_date = earlier.as_of_date
    where
        dates.is_current
        and {{ segmentation.any_differs(
            segmentation.segment_sets().values(), 'latest', 'earlier'
        ) }}
    union
    select kept.customer_id
    from {{ this }} as kept
    left join dates as starts
        on kept.valid_from = starts.as_of_date
    left join dates as ends
        on kept.valid_to = ends.as_of_date
    where
        starts.as_of_date is null
        or starts.is_current
        or (kept.valid_to is not null and ends.as_of_date is null)

),

memberships as (

    select memberships.*
    from {{ ref('segments__memberships') }} as memberships
    inner join touched
        on memberships.customer_id = touched.customer_id

),
{% else %}
with memberships as (

    select * from {{ ref('segments__memberships') }}

),
{% endif %}

by_set as (

    {% for set_name, column in segmentation.segment_sets().items() %}
    select
        customer_id,
        cast('{{ set_name }}' as {{ dbt.type_string() }}) as segment_set,
        {{ column }} as segment_code,
        as_of_date
    from memberships
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

compared as (

    select
        customer_id,
        segment_set,
        segment_code,
        as_of_date,
        lag(segment_code) over (
            partition by customer_id, segment_set
            order by as_of_date asc
        ) as previous_code
    from by_set

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

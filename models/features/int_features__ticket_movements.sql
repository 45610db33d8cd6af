{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

{%- set never = "cast('9999-12-31' as date)" -%}

with versions as (

    select
        source_system,
        source_customer_id,
        {{ segmentation.local_date('opened_at') }} as opened_date,
        {{ segmentation.local_date('resolved_at') }} as resolved_date,
        {{ segmentation.local_date('updated_at') }} as updated_date,
        satisfaction_score,
        coalesce(is_deleted, false) as is_deleted,
        row_number() over (
            partition by source_system, ticket_id
            order by coalesce(updated_at, cast('1900-01-01' as timestamp)) asc
        ) as version_number,
        lead({{ segmentation.local_date('updated_at') }}) over (
            partition by source_system, ticket_id
            order by coalesce(updated_at, cast('1900-01-01' as timestamp)) asc
        ) as replaced_date
    from {{ ref('input__support_tickets') }}

),

-- The first version counts from the opening, a later one from its update.
dated as (

    select
        versions.*,
        case
            when version_number = 1 or updated_date < opened_date then opened_date
            else updated_date
        end as effective_date
    from versions

),

ended as (

    select
        dated.*,
        coalesce(
            case
                when replaced_date < effective_date then effective_date
                else replaced_date
            end,
            {{ never }}
        ) as ended_date
    from dated
    where not is_deleted

),

spans as (

    select
        ended.*,
        least(coalesce(resolved_date, {{ never }}), ended_date) as closed_date,
        -- Nobody rates an answer before it was given.
        greatest(
            effective_date,
            coalesce(updated_date, effective_date),
            coalesce(resolved_date, effective_date)
        ) as scored_date
    from ended

),

movements as (

    {% for measure, start, finish in [
        ('ticket_count', 'effective_date', 'ended_date'),
        ('open_ticket_count', 'effective_date', 'closed_date'),
        ('satisfaction_count', 'scored_date', 'ended_date'),
    ] %}
    {% for sign, day in [('', start), ('-', finish)] %}
    select
        source_system,
        source_customer_id,
        opened_date,
        {{ day }} as effective_date,
        {% for name in ['ticket_count', 'open_ticket_count', 'satisfaction_count'] %}
        {{ sign ~ '1' if name == measure else '0' }} as {{ name }},
        {% endfor %}
        {{ sign ~ 'satisfaction_score' if measure == 'satisfaction_count' else
            'cast(0 as numeric(9, 3))' }} as satisfaction_total
    from spans
    where
        {{ start }} < {{ finish }}
        {% if sign %}
        and {{ finish }} < {{ never }}
        {% endif %}
        {% if measure == 'satisfaction_count' %}
        and satisfaction_score is not null
        {% endif %}
    {% if not (loop.last and measure == 'satisfaction_count') %}union all{% endif %}
    {% endfor %}
    {% endfor %}

),

final as (

    select
        source_system,
        source_customer_id,
        opened_date,
        effective_date,
        ticket_count,
        open_ticket_count,
        satisfaction_count,
        satisfaction_total
    from movements

)

select * from final

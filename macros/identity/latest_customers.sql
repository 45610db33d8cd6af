{% macro latest_customers(changes) %}
    {#- Most records are new once and never change: nothing is to be sorted for them. -#}
    with changed as (

        select distinct
            source_system,
            source_customer_id
        from {{ changes }}
        where change_type <> 'new'

    ),

    ranked as (

        select
            changes.source_system,
            changes.source_customer_id,
            changes.customer_id,
            row_number() over (
                partition by changes.source_system, changes.source_customer_id
                order by changes.run_number desc
            ) as recency_rank
        from {{ changes }} as changes
        inner join changed
            on
                changes.source_system = changed.source_system
                and changes.source_customer_id = changed.source_customer_id

    )

    select
        source_system,
        source_customer_id,
        customer_id
    from ranked
    where recency_rank = 1 and customer_id is not null
    union all
    select
        changes.source_system,
        changes.source_customer_id,
        changes.customer_id
    from {{ changes }} as changes
    left join changed
        on
            changes.source_system = changed.source_system
            and changes.source_customer_id = changed.source_customer_id
    where changed.source_system is null
{% endmacro %}

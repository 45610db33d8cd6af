{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set measures = segmentation.cut_measures() -%}

with buyers as (

    select
        purchases.*,
        categories.category_entropy,
        expected.tier_value
    from {{ ref('int_features__purchases') }} as purchases
    inner join {{ ref('int_features__population') }} as population
        on
            purchases.customer_id = population.customer_id
            and purchases.as_of_date = population.as_of_date
    left join {{ ref('int_features__categories') }} as categories
        on
            purchases.customer_id = categories.customer_id
            and purchases.as_of_date = categories.as_of_date
    left join {{ ref('int_features__value_scores') }} as expected
        on
            purchases.customer_id = expected.customer_id
            and purchases.as_of_date = expected.as_of_date
    where purchases.order_count > 0 and population.is_profiled

),

percentiles as (

    select
        {% for measure in measures %}
        {% for share in measure.shares %}
        cast(
            percentile_disc({{ share }}) within group (order by {{ measure.column }})
            as double precision
        ) as {{ measure.name }}_{{ loop.index }},
        {% endfor %}
        {% endfor %}
        as_of_date
    from buyers
    group by as_of_date

),

derived as (

    {% for measure in measures %}
    {% set last_measure = loop.last %}
    {% for share in measure.shares %}
    select
        as_of_date as reference_date,
        cast('{{ measure.name }}' as {{ dbt.type_string() }}) as measure,
        cast({{ share }} as numeric(9, 4)) as cut_share,
        {{ measure.name }}_{{ loop.index }} as cut_value
    from percentiles
    {% if not (last_measure and loop.last) %}union all{% endif %}
    {% endfor %}
    {% endfor %}

),

windows as (

    {% for measure in measures %}
    select
        cast('{{ measure.name }}' as {{ dbt.type_string() }}) as measure,
        {{ measure.window_days }} as window_days
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

dates as (

    select
        dates.as_of_date,
        windows.measure,
        -- A window that is still filling grows from date to date: cut it where it is.
        case
            when
                windows.window_days = 0
                or quarter_ends.is_observed_365d
                or (windows.window_days <= 90 and quarter_ends.is_observed_90d)
                then quarter_ends.as_of_date
        end as reference_date
    from {{ ref('int_features__as_of_dates') }} as dates
    cross join windows
    left join {{ ref('int_features__as_of_dates') }} as quarter_ends
        on dates.quarter_end_date = quarter_ends.as_of_date

),

published as (

    select
        dates.as_of_date,
        cuts.measure,
        cuts.cut_share,
        cuts.cut_value,
        row_number() over (
            partition by dates.as_of_date, cuts.measure, cuts.cut_share
            order by cuts.trained_through desc, cuts.version desc
        ) as recency_rank
    from {{ ref('cut_points') }} as cuts
    inner join {{ ref('int_features__as_of_dates') }} as dates
        on cuts.trained_through <= dates.as_of_date
    where
        cuts.dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}

),

-- Without buyers at the quarter end the date itself has to do.
compared as (

    select
        dates.as_of_date,
        own.measure,
        own.cut_share,
        coalesce(quarter.reference_date, own.reference_date) as reference_date,
        quarter.reference_date is not null as is_of_quarter,
        coalesce(quarter.cut_value, own.cut_value) as cut_value
    from dates
    inner join derived as own
        on
            dates.measure = own.measure
            and dates.as_of_date = own.reference_date
    left join derived as quarter
        on
            dates.measure = quarter.measure
            and dates.reference_date = quarter.reference_date
            and own.cut_share = quarter.cut_share

),

final as (

    select
        compared.as_of_date,
        compared.measure,
        compared.cut_share,
        case
            when published.cut_value is not null then 'published'
            when compared.is_of_quarter then 'derived'
            else 'same_date'
        end as basis,
        coalesce(published.cut_value, compared.cut_value) as cut_value,
        case when published.cut_value is null then compared.reference_date end
            as reference_date
    from compared
    left join published
        on
            compared.as_of_date = published.as_of_date
            and compared.measure = published.measure
            and compared.cut_share = published.cut_share
            and published.recency_rank = 1

)

select * from final

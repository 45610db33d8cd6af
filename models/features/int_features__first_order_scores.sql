{{ segmentation.panel_score_config() }}

{%- set run = segmentation.run_to_continue() %}

with prospects as (

    select prospects.*
    from {{ ref('int_features__prospects') }} as prospects
    {% if run %}
    left join {{ this }} as known
        on
            prospects.customer_id = known.customer_id
            and prospects.as_of_date = known.as_of_date
    left join {{ ref('int_features__touched_customers') }} as touched
        on prospects.customer_id = touched.customer_id
    where known.customer_id is null or touched.customer_id is not null
    {% endif %}

),

-- An input that was trained and is not observed leaves the odds unknown.
scored as (

    select
        prospects.customer_id,
        prospects.as_of_date,
        versions.version,
        versions.intercept
        {% for input in segmentation.first_order_inputs() %}
        + case
            when versions.{{ input }}_weight is null then 0
            else
                (
                    ln(1 + cast(prospects.{{ input }} as double precision))
                    - versions.{{ input }}_mean
                ) * versions.{{ input }}_weight
        end
        {% endfor %} as log_odds
    from prospects
    inner join {{ ref('int_features__first_order_versions') }} as versions
        on prospects.as_of_date = versions.as_of_date

),

final as (

    select
        customer_id,
        as_of_date,
        version,
        1 / (1 + {{ segmentation.exp_floored('-greatest(log_odds, -5e2)') }})
            as first_order_probability_90d
    from scored
    where log_odds is not null

)

select * from final

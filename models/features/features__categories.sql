{{ segmentation.panel_view_config('public') }}
{{ config(contract={'enforced': true}) }}

{%- set ranks = [1, 2, 3] %}

with compared as (

    select
        {% for rank in ranks %}
        case
            when categories.is_profiled
                then {{ segmentation.ratio(
                    '(1000 * categories.category_' ~ rank ~ '_amount)',
                    '(categories.net_amount * shares_' ~ rank ~ '.share_thousandths)'
                ) }}
        end as affinity_{{ rank }},
        {% endfor %}
        categories.*
    from {{ ref('int_features__categories') }} as categories
    inner join {{ ref('features__as_of_dates') }} as dates
        on categories.as_of_date = dates.as_of_date
    {% for rank in ranks %}
    left join {{ ref('int_features__category_shares') }} as shares_{{ rank }}
        on
            categories.as_of_date = shares_{{ rank }}.as_of_date
            and categories.category_{{ rank }} = shares_{{ rank }}.category
    {% endfor %}

)

select
    customer_id,
    as_of_date,
    category_1 as top_category,
    category_2 as second_category,
    category_3 as third_category,
    case
        {% for rank in ranks %}
        when
            affinity_{{ rank }} = greatest(
                affinity_1, coalesce(affinity_2, 0), coalesce(affinity_3, 0)
            )
            then category_{{ rank }}
        {% endfor %}
    end as affinity_category,
    product_count,
    category_count,
    category_entropy,
    top_category_share,
    {{ segmentation.ratio('category_2_amount', 'net_amount') }}
        as second_category_share,
    {{ segmentation.ratio('category_3_amount', 'net_amount') }}
        as third_category_share,
    private_label_share,
    case
        when affinity_1 is not null
            then greatest(affinity_1, coalesce(affinity_2, 0), coalesce(affinity_3, 0))
    end as category_affinity
from compared

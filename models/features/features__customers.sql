{{ segmentation.panel_row_config('public') }}
{{ config(contract={'enforced': true}) }}

{%- set run = segmentation.run_to_continue() %}

with population as (

    select population.*
    from {{ ref('int_features__population') }} as population
    {{ segmentation.only_touched('population', run) }}
    where not population.is_reference

),

purchases as (

    select * from {{ ref('features__purchases') }}

),

categories as (

    select * from {{ ref('features__categories') }}

),

demographics as (

    select * from {{ ref('features__demographics') }}

),

engagement as (

    select * from {{ ref('features__engagement') }}

),

psychographics as (

    select * from {{ ref('features__psychographics') }}

),

value as (

    select * from {{ ref('features__value') }}

),

final as (

    select
        population.customer_id,
        population.as_of_date,
        case when purchases.order_count > 0 then 'buyer' else 'prospect' end
            as customer_type,
        purchases.window_status_30d,
        purchases.window_status_90d,
        purchases.window_status_365d,
        engagement.web_window_status_30d,
        engagement.web_window_status_90d,
        engagement.product_window_status_90d,
        engagement.message_window_status_90d,
        engagement.service_window_status_365d,
        engagement.social_window_status_365d,
        engagement.preferred_channel,
        engagement.main_device,
        demographics.age_band,
        demographics.income_band,
        demographics.household_size,
        demographics.household_composition,
        demographics.children_count,
        demographics.home_ownership,
        demographics.marital_status,
        demographics.gender,
        demographics.region,
        demographics.country_code,
        demographics.industry,
        demographics.account_size_band,
        demographics.job_title_group,
        psychographics.response_status,
        psychographics.leading_trait,
        categories.top_category,
        categories.second_category,
        categories.third_category,
        categories.affinity_category,
        value.value_basis,
        value.cut_basis,
        value.value_version,
        value.acquisition_cost_basis,
        purchases.tenure_days,
        purchases.days_since_last_order,
        purchases.order_count,
        purchases.order_count_30d,
        purchases.order_count_90d,
        purchases.order_count_365d,
        purchases.revenue,
        purchases.revenue_30d,
        purchases.revenue_90d,
        purchases.revenue_365d,
        purchases.revenue_previous_90d,
        purchases.gross_amount,
        purchases.discount_amount,
        purchases.refunded_amount,
        purchases.margin_amount,
        value.historical_value,
        purchases.average_order_value,
        purchases.discount_share,
        purchases.refund_rate,
        purchases.margin_rate,
        purchases.mean_gap_days,
        purchases.gap_variation,
        value.expected_gap_days,
        value.overdue_ratio,
        purchases.revenue_trend_90d,
        purchases.weekend_order_share,
        purchases.online_order_share,
        purchases.morning_order_share,
        purchases.afternoon_order_share,
        purchases.evening_order_share,
        purchases.night_order_share,
        purchases.store_order_share,
        purchases.web_order_share,
        purchases.app_order_share,
        purchases.phone_order_share,
        purchases.other_order_share,
        coalesce(categories.product_count, 0) as product_count,
        coalesce(categories.category_count, 0) as category_count,
        categories.category_entropy,
        categories.top_category_share,
        categories.second_category_share,
        categories.third_category_share,
        categories.private_label_share,
        categories.category_affinity,
        engagement.session_count_30d,
        engagement.session_count_90d,
        engagement.active_day_count_90d,
        engagement.page_count_90d,
        engagement.product_use_count_90d,
        engagement.product_use_day_count_90d,
        engagement.message_sent_count_90d,
        engagement.message_open_count_90d,
        engagement.message_click_count_90d,
        engagement.support_ticket_count_365d,
        engagement.social_interaction_count_365d,
        engagement.message_sent_count,
        engagement.message_click_count,
        engagement.open_support_ticket_count,
        engagement.days_since_last_visit,
        engagement.usual_hour,
        engagement.click_rate,
        engagement.satisfaction_score_365d,
        engagement.social_sentiment_365d,
        engagement.desktop_visit_share,
        engagement.mobile_visit_share,
        engagement.tablet_visit_share,
        engagement.other_visit_share,
        psychographics.answer_count,
        psychographics.price_consciousness,
        psychographics.quality_focus,
        psychographics.brand_consciousness,
        psychographics.novelty_seeking,
        psychographics.convenience,
        psychographics.sustainability,
        psychographics.inferred_price_consciousness,
        psychographics.inferred_novelty_seeking,
        value.recency_score,
        value.frequency_score,
        value.monetary_score,
        value.rfm_total,
        value.frequency_monetary_score,
        value.discount_score,
        value.basket_score,
        value.variety_score,
        value.probability_alive,
        value.order_probability_90d,
        value.expected_orders_90d,
        value.expected_orders_180d,
        value.expected_orders_365d,
        value.expected_revenue_90d,
        value.expected_revenue_180d,
        value.expected_revenue_365d,
        value.discounted_value_365d,
        value.combined_spend_90d,
        value.first_order_probability_90d,
        value.acquisition_cost_amount,
        value.growth_potential_amount,
        population.is_profiled,
        purchases.is_tenure_censored,
        value.is_in_sample,
        demographics.is_business,
        population.first_seen_date,
        purchases.first_order_date,
        purchases.last_order_date,
        engagement.last_visit_date
    from population
    inner join purchases
        on
            population.customer_id = purchases.customer_id
            and population.as_of_date = purchases.as_of_date
    inner join demographics
        on
            population.customer_id = demographics.customer_id
            and population.as_of_date = demographics.as_of_date
    inner join engagement
        on
            population.customer_id = engagement.customer_id
            and population.as_of_date = engagement.as_of_date
    inner join psychographics
        on
            population.customer_id = psychographics.customer_id
            and population.as_of_date = psychographics.as_of_date
    inner join value
        on
            population.customer_id = value.customer_id
            and population.as_of_date = value.as_of_date
    left join categories
        on
            population.customer_id = categories.customer_id
            and population.as_of_date = categories.as_of_date

)

select * from final

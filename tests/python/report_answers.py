"""Made-up profiles, reach and scorecard for the served file of the made-up company."""

ANSWER_TABLES = """
create table segments__profiles (
    segment_set text, segment_code text, topic text, item_group text, item text,
    basis text, unit text, status text, detail text, item_rank bigint,
    customer_count bigint, value double, comparison_value double, effect_size double,
    lower_bound double, upper_bound double, as_of_date date
);
create table segments__reach (
    segment_code text, channel text, addressable_basis text, status text,
    customer_count bigint, addressable_count bigint, identified_count bigint,
    reachable_count bigint, platform_minimum bigint, identification_rate double,
    reach_rate double, detectable_difference double
);
create table measurement__validation (
    quarter text, segment_set text, segment_code text, measure text, evidence text,
    root text, customer_count bigint, predicted double, predicted_low double,
    predicted_high double, actual double, calibration_ratio double, tenth_slope double,
    gini_share double, is_covered boolean, in_sample_count bigint,
    no_forecast_count bigint, gone_count bigint, erased_count bigint, as_of_date date,
    quarter_start_date date, quarter_end_date date, sealed_at timestamp
);
create table activation__treatment (
    attribute_name text, attribute_value text, customer_count bigint,
    mailed_share double, advertised_share double, excluded_share double,
    mean_spend_ceiling double
);
create table measurement__segment_months (
    segment_set text, segment_code text, month date, opens_on date, closes_on date,
    is_complete boolean, opening_count bigint, recoded_in_count bigint,
    recoded_out_count bigint, moved_in_count bigint, moved_out_count bigint,
    new_count bigint, closing_count bigint, ordering_count bigint,
    opening_amount decimal(18, 2), new_amount decimal(18, 2),
    grown_amount decimal(18, 2), shrunk_amount decimal(18, 2),
    closing_amount decimal(18, 2), revenue_amount decimal(18, 2),
    discount_amount decimal(18, 2), refunded_amount decimal(18, 2),
    marketing_amount decimal(18, 2), service_cost_amount decimal(18, 2),
    contribution_amount decimal(18, 2), order_rate double, order_rate_low double,
    order_rate_high double
);
create table measurement__campaign_performance (
    campaign_id text, segment_set text, segment_code text, measure text,
    campaign_name text, status text, people_count bigint, value double,
    lower_bound double, upper_bound double, rest_value double, index_vs_rest double,
    is_complete boolean, first_sent_date date
);
create table measurement__campaign_changes (
    campaign_id text, segment_set text, measure text, previous_campaign_id text,
    verdict text, change double, change_lower double, change_upper double,
    mix_effect double, rate_effect double, rate_effect_lower double,
    rate_effect_upper double
);
create table measurement__channel_economics (
    calendar_month date, channel text, spend_amount decimal(18, 2),
    reached_count bigint, acquired_count bigint, order_count bigint,
    revenue_amount decimal(18, 2), cost_per_order double, revenue_per_spend double
);
create table measurement__spend_concentration (
    top_share double, revenue_share double, cost_of_these_share double
);
create table measurement__budget_allocation (
    budget_month date, channel text, status text, reason text,
    kept_amount decimal(18, 2), proposed_amount decimal(18, 2),
    gain_amount decimal(18, 2), gain_lower_amount decimal(18, 2),
    gain_upper_amount decimal(18, 2), shadow_price double,
    proposed_marginal_return double, proposed_marginal_lower double,
    proposed_marginal_upper double
);
create table measurement__business_case (
    treatment text, other_treatment text, metric text, evidence text,
    experiment_count bigint, customer_count bigint, seen_mean double,
    other_seen_mean double, uplift double, uplift_low double, uplift_high double
);
create table measurement__experiments (
    experiment_code text, experiment_label text, status text, customer_count bigint,
    detectable_difference double, starts_on date, first_date date, ends_on date
);
create table measurement__experiment_results (
    experiment_code text, arm text, other_arm text, metric text, segment_code text,
    verdict text, boundary_advice text, customer_count bigint,
    other_customer_count bigint, adjusted_effect double, adjusted_low double,
    adjusted_high double, sequence_low double, sequence_high double,
    heterogeneity_p double
);
create table measurement__drift (
    kind text, segment_set text, segment_code text, item text, status text,
    message text, statistic double, chance_bound double, bound double,
    is_alarm boolean, is_season_unknown boolean, reference_date date
);
create table measurement__advice (
    segment_code text, action text, item text, cut text, reason text,
    customer_count bigint, difference double, difference_bound double,
    explained_spend_share double, explained_spend_share_after double,
    information_lost double, is_supported boolean, is_advised boolean
);
create table segments__scorecard (
    segment_code text, segment_label text, size_verdict text, size_bound_name text,
    access_verdict text, distinctness_verdict text, nearest_segment text,
    distinct_outcome text, stability_verdict text, recommendation text,
    rank_factor text, rank_rival text, ceiling_basis text, service_tier text,
    customer_count bigint, size_bound bigint, attractiveness_rank bigint,
    mean_revenue_90d double, mean_expected_revenue_365d double,
    distinct_difference double, distinct_lower_bound double, stability_kappa double,
    stay_rate double, attractiveness double, missing_weight double,
    rank_weight_change double, spend_ceiling_amount double, least_reach_share double
);
create table segments__scorecard_factors (
    segment_code text, factor text, evidence text, rival_segment text, value double,
    score double, weight double, effective_weight double,
    weight_change_to_rival double, is_known boolean
);
"""

ANSWERS = """
update segments__playbook set
    to_do = 'Open launches to them first.', to_avoid = :hostile,
    offer = 'Early access.', owner = 'Head of care', next_test = 'Access or none.',
    review_date = '2017-12-11'
where segment_code = 'best';
update segments__playbook set review_date = '2018-03-31'
where segment_code = 'steady';
insert into measurement__validation
select
    quarter, segment_set, segment_code, measure, evidence, root, customer_count,
    predicted, predicted_low, predicted_high, actual, actual / predicted, slope, gini,
    is_covered, in_sample, 145, null, 15, '2017-09-29', '2017-10-01', '2017-12-31',
    case when evidence = 'sealed' then timestamp '2017-09-30 03:00:00' end
from (values
    ('2017-Q4', 'all', 'all', 'revenue', 'sealed', 'abc123', 1200, 80.0, 70.0, 90.0,
        84.0, .951, .712, true, null),
    ('2017-Q4', 'all', 'all', 'orders', 'sealed', 'abc123', 1200, 2.0, 1.8, 2.2, 2.1,
        .9, .7, true, null),
    ('2017-Q4', 'all', 'all', 'ordered_share', 'sealed', 'abc123', 1500, .6, .55, .65,
        .58, 1.1, .6, true, null),
    ('2017-Q4', 'primary', 'steady', 'revenue', 'sealed', 'abc123', 500, 90.0, 80.0,
        100.0, 100.0, null, null, false, null),
    ('2017-Q4', 'primary', 'steady', 'ordered_share', 'sealed', 'abc123', 500, .8, .7,
        .9, .95, null, null, false, null),
    ('2017-Q4', 'primary', 'best', 'revenue', 'sealed', 'abc123', 215, 400.0, 350.0,
        450.0, 401.0, null, null, true, null),
    ('2017-Q4', 'primary', 'best', 'ordered_share', 'sealed', 'abc123', 215, .99, .97,
        1.0, null, null, null, null, null),
    ('2017-Q4', 'primary', 'prospect', 'ordered_share', 'sealed', 'abc123', null, null,
        null, null, null, null, null, null, null),
    ('2017-Q3', 'all', 'all', 'revenue', 'none', null, null, null, null, null, null,
        null, null, null, 1400),
    ('2017-Q3', 'all', 'all', 'ordered_share', 'none', null, null, null, null, null,
        null, null, null, null, 1400)
) as rows (
    quarter, segment_set, segment_code, measure, evidence, root, customer_count,
    predicted, predicted_low, predicted_high, actual, slope, gini, is_covered,
    in_sample
);
insert into measurement__drift values
('feature', 'primary', 'best', 'order_count_90d', 'evaluated',
    'share with order count 90d of at least 2 47%, it was 68%', .277, .173, .173, true,
    false, '2016-12-31'),
('response', 'all', 'all', 'clicked', 'evaluated',
    'share who clicked in a message in 90 days 11%, it was 12%', .012, .03, .03, false,
    false, '2016-12-31'),
('share', 'behavior', :hostile, 'behavior', 'evaluated',
    'share of customers 20%, it was 21%', .02, .03, .1, false, false, '2016-12-31'),
('feature', 'primary', 'new', 'revenue_90d', 'too_few', 'fewer than 50', null, null,
    null, false, false, '2016-12-31');
insert into measurement__advice values
('best', 'keep', '', '', 'customers act unlike the nearest segment', 215, null, null,
    .131, .131, 0, true, true),
('best', 'merge', 'steady', '', 'some outcome differs', 215, .8, .97, .131, .09, .03,
    false, false),
('steady', 'merge', 'new', '', 'no outcome differs by 0.2 or more', 480, .06, .15,
    .131, .131, .0001, true, true),
('steady', 'merge', 'best', '', 'some outcome differs', 480, .8, .97, .131, .09, .03,
    false, false),
('new', 'split', 'main_device', :hostile, 'both parts differ in spend in both halves',
    null, .5, .4, .131, .14, -.0123, true, true);
insert into activation__treatment values
('region', 'unknown', 1200, .41, .004, null, 25),
('region', :hostile, null, null, null, null, null),
('age_band', '35-44', 780, .5, .125, .02, 1250.4);
insert into measurement__segment_months values
('all', 'all', '2017-11-01', '2017-10-31', '2017-11-30', true, 2000, 0, 0, 0, 0, 100,
    2100, 1400, 50000, 5000, 2500, 4000, 55000, 9, 9, 9, 9, 9, 9, .7, .68, .72),
('all', 'unassigned', '2017-11-01', '2017-10-31', '2017-11-30', true, 0, 0, 0, 0, 0, 0,
    0, 25, 0, 0, 0, 0, 0, 9, 9, 9, 0, 9, 9, null, null, null),
('primary', 'best', '2017-11-01', '2017-10-31', '2017-11-30', true, 200, 15, null, 25,
    10, 0, 215, 180, 9, 0, 0, 0, 9, 21000.4, 1250, 55, 0, null, null, .9, .85, .94),
('primary', 'steady', '2017-11-01', '2017-10-31', '2017-11-30', true, 500, 0, 0, 0, 0,
    60, 500, null, 9, 9, 9, 9, 9, null, null, null, 340, 12.6, -353, null, null, null),
('primary', 'best', '2017-12-01', '2017-11-30', '2017-12-15', false, 9, 9, 9, 9, 9, 9,
    9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, .9, .8, .95),
('value_tier', 'best', '2017-11-01', '2017-10-31', '2017-11-30', true, 9, 9, 9, 9, 9, 9,
    9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, .9, .8, .95);
insert into measurement__campaign_performance values
('2', 'all', 'all', 'clicked', :hostile, 'published', 1500, .031, .024, .041, null,
    null, true, '2017-11-16'),
('2', 'primary', 'best', 'clicked', :hostile, 'published', 200, .06, .031, .104, .027,
    222.2, true, '2017-11-16'),
('2', 'primary', 'steady', 'clicked', :hostile, 'withheld', 300, null, null, null,
    null, null, true, '2017-11-16'),
('2', 'value_tier', 'gold', 'clicked', :hostile, 'published', 200, .5, .4, .6, .1,
    500, true, '2017-11-16'),
('2', 'all', 'all', 'ordered', :hostile, 'published', 1500, .2, .18, .22, null,
    null, true, '2017-11-16'),
('1', 'all', 'all', 'clicked', null, 'published', 400, .049, .032, .077, null, null,
    true, '2017-10-16'),
('3', 'all', 'all', 'clicked', 'Late', 'withheld', 400, null, null, null, null, null,
    false, '2017-12-28');
insert into measurement__campaign_changes values
('2', 'recency', 'clicked', '1', 'reversal', -.017, -.029, -.007, -.03, .013, .001,
    .024),
('2', 'primary', 'clicked', '1', 'behaviour', -.017, -.029, -.007, 0, -.017, -.029,
    -.007),
('2', 'value_tier', 'clicked', '1', 'mix', -.017, -.029, -.007, -.018, .001, -.011,
    .012);
insert into measurement__channel_economics values
('2017-12-01', 'email', 264.4, 1500, 10, 20, 1000, 13.22, 3.7821),
('2017-12-01', 'display', 406.86, null, null, null, null, null, null),
('2017-12-01', 'unallocated', 0, null, 170, 310, 18000, null, null),
('2017-12-01', 'all', 671.26, null, 180, 330, 19000, 2.03, 28.31),
('2017-11-01', 'email', 9, 9, 9, 9, 9, 9, 9);
insert into measurement__spend_concentration values
(.1, .4, .1), (.2, .884, .196), (.5, 1, .45);
insert into measurement__budget_allocation values
('2018-01-01', 'display', 'raised', 'by as much as a month may move it', 400, 480, 60,
    40, 80, .9, 1.25, 1.1, 1.4),
('2018-01-01', 'email', 'no_evidence', 'no evidence: keep the split', 264, 264, null,
    null, null, .9, null, null, null),
('2018-01-01', 'unallocated_budget', 'infeasible', 'reach ends', 0, 20, null, null,
    null, .9, null, null, null),
('2018-01-01', 'all', 'total', 'sum of the channels', 744, 764, 60, 40, 80, .9, null,
    null, null);
insert into measurement__business_case values
('segmented', 'none', 'ordered', 'randomised', 12, 4600, .034, .015, .018, .01, .026),
('generic', 'none', 'ordered', 'association', 0, 120, .5, null, null, null, null),
('segmented', 'generic', 'ordered', 'no_evidence', 0, null, null, null, null, null,
    null),
('segmented', 'none', 'revenue', 'randomised', 1, 4600, 2, 1, -.6, -1.5, .25);
insert into measurement__experiments values
('shop/7', :hostile, 'complete', 1200, .0315, null, '2017-11-08', null),
('band', 'Gold is worth more.', 'running', 600, .05, '2017-12-01', '2017-12-02',
    '2018-01-15'),
('next', 'Later.', 'planned', null, null, '2018-02-01', null, '2018-06-30');
insert into measurement__experiment_results values
('shop/7', 'mail', 'no_contact', 'ordered', 'all', 'difference_seen', 'expand', 800,
    400, .02, .005, .035, -.01, .05, .034),
('shop/7', 'mail', 'no_contact', 'ordered', 'best', 'difference_seen', null, 80, 40, .9,
    .8, .95, .7, .99, null),
('shop/7', 'mail', 'no_contact', 'revenue', 'all', 'difference_seen', null, 80, 40, 9,
    8, 9.5, 7, 9.9, null),
('band', 'mail', 'no_contact', 'ordered', 'all', 'running', null, 60, null, null, null,
    null, -.04, .06, null);
insert into segments__profiles values
('primary', 'best', 'characteristic', 'segment', 'customers', 'share', 'share',
    'published', null, 1, 215, .11, null, null, null, null, '2017-12-31'),
('primary', 'best', 'differentiator', 'feature', 'average_order_value',
    'standardised_difference', 'money', 'published', null, 1, 215, 41.5, 128.25, -.93,
    -1.1, -.8, '2017-12-31'),
('primary', 'best', 'differentiator', 'feature', 'online_order_share',
    'standardised_difference', 'share', 'published', null, 2, 215, .71, .4, .63, .5,
    .8, '2017-12-31'),
('primary', 'best', 'differentiator', 'age_band', '35-44', 'cohen_h', 'share',
    'published', null, 3, 110, .5, .45, .1, .01, .2, '2017-12-31'),
('primary', 'best', 'differentiator', 'feature', 'weekend_order_share',
    'standardised_difference', 'share', 'published', null, 4, 215, .33, .3, .05, .01,
    .1, '2017-12-31'),
('primary', 'best', 'value', 'customer', 'expected_revenue_365d', 'forecast', 'money',
    'published', null, 1, 215, 912.4, 301.2, .9, 880.6, 944.2, '2017-12-31'),
('primary', 'best', 'value', 'customer', 'revenue_365d', 'mean', 'money',
    'suppressed', null, 2, null, null, null, null, null, null, '2017-12-31'),
('primary', 'best', 'channel', 'orders', 'online', 'share', 'share',
    'published', null, 1, null, .62, .3, null, null, null, '2017-12-31'),
('primary', 'best', 'affinity', 'category', 'Coffee', 'relative_risk', 'share',
    'published', null, 2, 60, .28, .2, 1.4, 1.1, 1.8, '2017-12-31'),
('primary', 'best', 'affinity', 'category', 'Tea', 'relative_risk', 'share',
    'published', null, 1, 85, .4, .196, 2.04, 1.61, 2.59, '2017-12-31'),
('primary', 'steady', 'affinity', 'category', 'Rice', 'relative_risk', 'share',
    'published', null, 1, 85, .4, .5, .8, .7, .9, '2017-12-31');
insert into segments__reach values
('best', 'any', 'panel of 2017-06-30', 'shown', 215, 4000, 205, 150, null, .95,
    .69767, .0563),
('best', 'email', 'panel of 2017-06-30', 'shown', 215, 4000, 190, 120, null, .88,
    .55814, .0712),
('best', 'post', 'panel of 2017-06-30', 'shown', 215, 4000, 205, 130, null, .95,
    .60465, 1.2),
('best', 'sms', 'panel of 2017-06-30', 'withheld', 215, 4000, 20, null, null, .09,
    null, null),
('best', 'ads', 'panel of 2017-06-30', 'below_platform_minimum', 215, 4000, 190, 40,
    1000, .88, .18605, .21),
('steady', 'any', 'own identified customers', 'shown', 500, 500, 450, 50, null, .9,
    .1, .1),
('new', 'any', 'own identified customers', 'suppressed', null, null, null, null, null,
    null, null, null);
insert into segments__scorecard values
('best', 'Best', 'viable', 'least_customers', 'reachable', 'distinct', 'steady',
    'spend', 'stable', 'invest', 'growth', 'steady', 'margin of its orders',
    'self_service', 215, 100, 1, 210, 900, -1.306, 1.082, .868, .886, .829, .1, -.0312,
    123.987, .1),
('steady', 'Steady', 'too_large', 'most_share', 'unreachable', 'indistinct', 'best',
    'discount', 'transitional', 'split', 'retention', 'best', 'no margin known',
    null, 1500, 1340, 2, 110, 400, .12, -.03, .11, .17, .5, .1, .0312, null, .1),
('deal_seekers', 'Deals', 'too_small', 'detectable_difference', 'theoretical',
    'value_only', 'best', 'margin', 'not_evaluable', 'merge', null, null,
    'no forecast', 'standard', null, 318, 3, null, null, .6, .3, null, null, .2, .1,
    null, 12.349, .1),
('prospect', 'Prospect', 'not_evaluable', null, 'not_evaluable', 'not_evaluable',
    null, null, 'not_evaluable', 'observe', null, null, 'no forecast', null, null,
    null, null, null, null, null, null, null, null, null, 1, null, null, .1);
insert into segments__scorecard_factors values
('best', 'growth', 'revenue_90d then', 'steady', .12, .38, .2, .2222, -.0312, true),
('best', 'competition', 'market_inputs', null, null, null, .1, null, null, false),
('best', 'retention', 'order_probability_90d', null, .8, 1, .7, .7778, null, true);
"""

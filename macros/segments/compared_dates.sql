{% macro compared_dates() %}
    {#-
        The as-of date and the date that it is compared with: the last at least 364 days
        back, so that the season is the same, else the last at least 28 days back, as on
        the second of a month its end before says nothing. `is_year` where the orders
        cover a year before either.
    -#}
    {%- set past = {} -%}
    {%- for days in [364, 28] -%}
        {%- do past.update({days: "max(case when as_of_date <= "
            ~ segmentation.add_days(segmentation.as_of_date(), -days)
            ~ " then as_of_date end)"}) -%}
    {%- endfor %}
    select
        max(case when is_current then as_of_date end) as now_date,
        coalesce(
            {{ past[364] }},
            {{ past[28] }}
        ) as reference_date,
        {{ past[364] }} is null as is_season_unknown,
        coalesce(
            min(case when is_observed_365d then as_of_date end)
            <= coalesce(
                {{ past[364] }},
                {{ past[28] }}
            ),
            false
        ) as is_year
    from {{ ref('int_features__as_of_dates') }}
    where not is_reference
{%- endmacro %}


{% macro looks_back(customers, dates) %}
    {#-
        Condition that a customer ordered lately. Of customers who never did, or long
        ago, there are ever more as the data grow: that is no change of anybody.
    -#}
    {{ return(
        "case when " ~ dates ~ ".is_year then " ~ customers ~ ".order_count_365d"
        ~ " else " ~ customers ~ ".order_count_90d end > 0"
    ) }}
{% endmacro %}

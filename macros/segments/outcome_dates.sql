{% macro outcome_dates() %}
    {#- A past date and the latest one: outcomes lie wholly between the two. -#}
    select
        max(case when is_current then as_of_date end) as latest_date,
        max(
            case
                when
                    as_of_date
                    <= {{ segmentation.add_days(segmentation.as_of_date(), -90) }}
                    then as_of_date
            end
        ) as past_date
    from {{ ref('features__as_of_dates') }}
{%- endmacro %}

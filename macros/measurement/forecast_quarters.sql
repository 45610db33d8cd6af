{% macro forecast_quarters() %}
    {#-
        Calendar quarters with the date they are foreseen from: those that lie wholly
        between two dates of the panel, and in the last seven days before it the next.
    -#}
    {%- set day = modules.datetime.timedelta(days=1) -%}
    {%- set as_of = modules.datetime.datetime.strptime(
        segmentation.as_of_value(), '%Y-%m-%d'
    ).date() -%}
    {%- set dates = segmentation.panel_dates()
        | rejectattr('is_reference') | map(attribute='date') | list -%}
    {#- Compared as texts, as dbt 2.0 takes any two dates for the same. -#}
    {%- set held = dates | map('string') | list -%}
    {%- set quarters = [] -%}
    {%- for date in dates | sort
        if segmentation.last_quarter_end(date) | string == date | string -%}
        {%- set end = segmentation.next_quarter_end(date + day) -%}
        {%- if end | string in held -%}
            {%- do quarters.append(
                segmentation.forecast_quarter(date, date, end, true)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set eve = segmentation.next_quarter_end(as_of) -%}
    {%- if (eve - as_of).days < 7 -%}
        {%- do quarters.append(segmentation.forecast_quarter(
            as_of, eve, segmentation.next_quarter_end(eve + day), false
        )) -%}
    {%- endif -%}
    {{ return(quarters) }}
{% endmacro %}


{% macro next_quarter_end(date) %}
    {#- The day itself where it is one. -#}
    {%- set later = date.replace(day=1) + modules.datetime.timedelta(
        days=31 * (3 - (date.month - 1) % 3)
    ) -%}
    {{ return(segmentation.last_quarter_end(later)) }}
{% endmacro %}


{% macro forecast_quarter(foreseen_from, eve, end, is_over) %}
    {#-
        What is expected of 90 and of 180 days weighs so much in it: the parabola through
        both and nothing at the date itself, from the eve to the end.
    -#}
    {%- set first = eve + modules.datetime.timedelta(days=1) -%}
    {%- set begins = (eve - foreseen_from).days / 90 -%}
    {%- set ends = (end - foreseen_from).days / 90 -%}
    {{ return({
        'code': first.year ~ '-Q' ~ ((first.month + 2) // 3),
        'foreseen_from': foreseen_from, 'first': first, 'last': end,
        'days': (end - eve).days,
        'weight_90d': ends * (2 - ends) - begins * (2 - begins),
        'weight_180d': (ends * (ends - 1) - begins * (begins - 1)) / 2,
        'starts_at': segmentation.end_of_day(eve | string),
        'is_over': is_over,
    }) }}
{% endmacro %}


{% macro forecast_quarter_rows(quarters) %}
    {%- for quarter in quarters %}
    select
        {{ segmentation.text_literal(quarter.code) }} as quarter,
        cast({{ quarter.days / 90 }} as double precision) as length,
        cast({{ quarter.weight_90d }} as double precision) as weight_90d,
        cast({{ quarter.weight_180d }} as double precision) as weight_180d,
        {{ 'true' if quarter.is_over else 'false' }} as is_over,
        {{ segmentation.date_literal(quarter.foreseen_from) }} as as_of_date,
        {{ segmentation.date_literal(quarter.first) }} as quarter_start_date,
        {{ segmentation.date_literal(quarter.last) }} as quarter_end_date,
        {{ quarter.starts_at }} as quarter_starts_at
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        {{ segmentation.text_literal(none) }} as quarter,
        cast(null as double precision) as length,
        cast(null as double precision) as weight_90d,
        cast(null as double precision) as weight_180d,
        false as is_over,
        cast(null as date) as as_of_date,
        cast(null as date) as quarter_start_date,
        cast(null as date) as quarter_end_date,
        cast(null as timestamp) as quarter_starts_at
    where false
    {%- endfor %}
{% endmacro %}

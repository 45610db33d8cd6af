{% macro panel_dates() %}
    {#-
        The dates of the panel, newest first: the as-of date, the month ends of the
        last history months, and those that their rows refer to: the quarter ends of
        their cut points and the two month ends before them.
    -#}
    {%- set as_of = modules.datetime.datetime.strptime(
        segmentation.as_of_value(), '%Y-%m-%d'
    ).date() -%}
    {%- set day = modules.datetime.timedelta(days=1) -%}
    {%- set dates = [as_of] -%}
    {%- set state = namespace(first=as_of.replace(day=1), ends=[]) -%}
    {%- if (as_of + day).day == 1 -%}{%- do state.ends.append(as_of) -%}{%- endif -%}
    {%- for _ in range(var('segmentation_history_months')) -%}
        {%- do state.ends.append(state.first - day) -%}
        {%- set state.first = (state.first - day).replace(day=1) -%}
    {%- endfor -%}
    {#- Compared as texts, as dbt 2.0 takes any two dates for the same. -#}
    {%- for end in state.ends[:var('segmentation_history_months')]
        if end | string != as_of | string -%}
        {%- do dates.append(end) -%}
    {%- endfor -%}
    {%- set rows = [] -%}
    {%- set references = [] -%}
    {%- set seen = dates | map('string') | list -%}
    {%- for date in dates -%}
        {%- set quarter_end = segmentation.last_quarter_end(date) -%}
        {%- do rows.append({
            'date': date, 'quarter_end': quarter_end, 'is_reference': false
        }) -%}
        {%- set month_end = segmentation.previous_month_end(date) -%}
        {%- for reference in [
            quarter_end, month_end, segmentation.previous_month_end(month_end)
        ] -%}
            {%- if reference | string not in seen -%}
                {%- do references.append(reference) -%}
                {%- do seen.append(reference | string) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for date in references -%}
        {%- do rows.append({
            'date': date, 'quarter_end': segmentation.last_quarter_end(date),
            'is_reference': true
        }) -%}
    {%- endfor -%}
    {{ return(rows) }}
{% endmacro %}


{% macro last_quarter_end(date) %}
    {%- set day = modules.datetime.timedelta(days=1) -%}
    {%- set next_day = date + day -%}
    {%- if next_day.day == 1 and next_day.month in (1, 4, 7, 10) -%}
        {{ return(date) }}
    {%- endif -%}
    {%- set quarter_month = 3 * ((date.month - 1) // 3) + 1 -%}
    {{ return(date.replace(month=quarter_month, day=1) - day) }}
{% endmacro %}


{% macro previous_month_end(date) %}
    {{ return(date.replace(day=1) - modules.datetime.timedelta(days=1)) }}
{% endmacro %}

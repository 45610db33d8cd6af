{% macro budget_months() %}
    {#- The last month that is over, whose split is moved, and the next to begin. -#}
    {%- set one_day = modules.datetime.timedelta(days=1) -%}
    {%- set tomorrow = modules.datetime.datetime.strptime(
        segmentation.as_of_value(), '%Y-%m-%d'
    ).date() + one_day -%}
    {%- set this_month = tomorrow.replace(day=1) -%}
    {%- set next_month = this_month if tomorrow == this_month
        else (this_month + modules.datetime.timedelta(days=31)).replace(day=1) -%}
    {{ return({'base': (this_month - one_day).replace(day=1), 'next': next_month}) }}
{% endmacro %}

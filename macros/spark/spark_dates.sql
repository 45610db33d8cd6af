{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) %}
    {#- dbt's own counts in whole seconds, and fails where there is no date. -#}
    {{ return(
        "timestampadd(" ~ datepart ~ ", " ~ interval ~ ", " ~ from_date_or_timestamp ~ ")"
    ) }}
{% endmacro %}


{% macro spark__datediff(first_date, second_date, datepart) %}
    {%- if datepart != 'day' -%}
        {{ return(dbt.spark__datediff(first_date, second_date, datepart)) }}
    {%- endif -%}
    {{ return("datediff(" ~ second_date ~ ", " ~ first_date ~ ")") }}
{% endmacro %}

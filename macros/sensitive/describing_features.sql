{% macro describing_features() %}
    {#- What describes people and never decides price, offer, service or exclusion. -#}
    {{ return(['age_band', 'gender', 'region', 'income_band']) }}
{% endmacro %}

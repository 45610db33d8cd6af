{% macro demographic_attributes() %}
    {#- Stated attributes that become a column; unknown is a value of its own. -#}
    {{ return([
        'age_band', 'income_band', 'household_size', 'household_composition',
        'children_count', 'home_ownership', 'marital_status', 'gender', 'region',
        'country_code', 'industry', 'account_size_band', 'job_title_group',
    ]) }}
{% endmacro %}

{% macro answer_strata() %}
    {{ return([
        'none', 'one_low', 'one_middle', 'one_high', 'more_low', 'more_middle',
        'more_high',
    ]) }}
{% endmacro %}


{% macro answer_stratum(count, total) %}
    {#- Exact: the mean of decimals lies below, at or above the middle of the scale. -#}
    {{ return(
        "case when " ~ total ~ " is null then null when " ~ count
        ~ " = 0 then 'none' else case when " ~ count
        ~ " = 1 then 'one' else 'more' end || case when 2 * " ~ total ~ " < " ~ count
        ~ " then '_low' when 2 * " ~ total ~ " = " ~ count
        ~ " then '_middle' else '_high' end end"
    ) }}
{% endmacro %}

{% macro duckdb__check_session(problems) %}
    {#- dbt 2.0 has neither the settings nor the plugins of the profile. -#}
{% endmacro %}


{% macro duckdb__publish_release() %}
    select 1
{% endmacro %}

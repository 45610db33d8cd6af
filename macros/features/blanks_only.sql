{% macro blanks_only(expression) %}
    {#- Text with a blank in place of what else may part two words. -#}
    {%- set replaced = namespace(sql=expression) -%}
    {%- for separator in ['-', '/', ',', '.', '(', ')', '&'] -%}
        {%- set replaced.sql = dbt.replace(replaced.sql, "'" ~ separator ~ "'", "' '") -%}
    {%- endfor -%}
    {{ return(replaced.sql) }}
{% endmacro %}

{% macro sql_type(data_type) %}
    {#- `string` and `float` have another name on each engine. -#}
    {{ return(api.Column.translate_type(data_type)) }}
{% endmacro %}

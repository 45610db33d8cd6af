{% macro in_turn(statements) %}
    {{ return(adapter.dispatch('in_turn', 'segmentation')(statements)) }}
{% endmacro %}


{% macro default__in_turn(statements) %}
    {{ return(statements | join(';\n')) }}
{% endmacro %}


{% macro spark__in_turn(statements) %}
    {#- Spark takes one at a time, so all but the last are run here. -#}
    {%- for statement_before in statements[:-1] -%}
        {%- do run_query(statement_before) -%}
    {%- endfor -%}
    {{ return(statements[-1]) }}
{% endmacro %}

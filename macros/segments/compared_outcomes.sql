{% macro compared_outcomes() %}
    {#-
        What customers did after the past date, by which segments are told apart. Spend
        and margin as logarithms, so that a few large orders do not decide.
    -#}
    {%- set outcomes = ['ordered', 'spend', 'margin', 'discount', 'clicked'] -%}
    {%- for rank in segmentation.leading_category_ranks() -%}
        {%- do outcomes.append('category_' ~ rank) -%}
    {%- endfor -%}
    {{ return(outcomes) }}
{% endmacro %}


{% macro leading_category_ranks() %}
    {{ return(range(1, 9) | list) }}
{% endmacro %}

{% macro norm_names() %}
    {#- Columns of int_features__norms; a change of any is one for all customers. -#}
    {%- set names = ['value_basis', 'sends_per_click', 'category_shares_sum'] -%}
    {%- for hour in range(24) -%}
        {%- do names.append('hour_' ~ hour ~ '_tenths') -%}
    {%- endfor -%}
    {%- for trait in segmentation.psychographic_traits() -%}
        {%- do names.append(trait ~ '_hundredths') -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}

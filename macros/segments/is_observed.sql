{% macro is_observed(feature) %}
    {#- Of a base set a reserved code says that the data do not. -#}
    {%- if feature in segmentation.segment_sets().values() | list -%}
        {{ return(feature ~ " not in ('not_observed', 'not_profiled')") }}
    {%- endif -%}
    {{ return(feature ~ ' is not null') }}
{% endmacro %}

{% macro segment_sets() %}
    {#- Each set with the membership column that holds its code. -#}
    {{ return({
        'primary': 'primary_segment',
        'value_tier': 'value_tier',
        'rfm': 'rfm',
        'lifecycle': 'lifecycle',
        'behavior': 'behavior',
        'demographic': 'demographic',
        'psychographic': 'psychographic',
    }) }}
{% endmacro %}

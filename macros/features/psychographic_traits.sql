{% macro psychographic_traits() %}
    {#- Traits that a survey question can measure; earlier ones win ties. -#}
    {{ return([
        'price_consciousness', 'quality_focus', 'brand_consciousness',
        'novelty_seeking', 'convenience', 'sustainability',
    ]) }}
{% endmacro %}

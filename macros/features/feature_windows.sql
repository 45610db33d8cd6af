{% macro feature_windows(family) %}
    {#- After how many days what happened leaves the windows of a family of features. -#}
    {{ return({
        'visits': [30, 90],
        'messages': [90],
        'tickets': [365],
        'social': [365],
        'purchases': [30, 90, 180, 365],
    }[family]) }}
{% endmacro %}

{% macro sensitive_words(expression) %}
    {#- How text is spelled for a comparison with patterns of `sensitive_features`. -#}
    {{ return(
        "' ' || " ~ segmentation.blanks_only(
            'lower(' ~ dbt.replace(expression, "'_'", "' '") ~ ')'
        ) ~ " || ' '"
    ) }}
{% endmacro %}

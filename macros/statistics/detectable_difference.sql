{% macro detectable_difference(rate, people, other_people) %}
    {#- Between two groups, at 5% and with a power of 80%: 1.959964 + 0.841621. -#}
    {{ return(segmentation.round_score(
        "2.801585218 * sqrt(greatest(" ~ rate ~ " * (1 - " ~ rate ~ "), 1e0 / (("
        ~ people ~ ") + (" ~ other_people ~ "))) * (1e0 / (" ~ people ~ ") + 1e0 / ("
        ~ other_people ~ ")))"
    )) }}
{% endmacro %}

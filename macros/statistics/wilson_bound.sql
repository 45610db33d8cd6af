{% macro wilson_bound(successes, trials, sign, quantile=none) %}
    {#- Of the two-sided interval of 95%: Wilson 1927. Null without a trial. -#}
    {%- set z = quantile or segmentation.normal_quantile() -%}
    {%- set count = "cast(nullif(" ~ trials ~ ", 0) as double precision)" -%}
    {%- set square = z ~ " * " ~ z -%}
    {{ return(segmentation.round_score(
        "case when " ~ trials ~ " > 0 then greatest(0e0, least(1e0, (" ~ successes
        ~ " + " ~ square ~ " / 2 " ~ sign ~ " " ~ z ~ " * sqrt(" ~ successes ~ " * (" ~ count ~ " - " ~ successes ~ ") / " ~ count
        ~ " + " ~ square ~ " / 4)) / (" ~ count ~ " + " ~ square ~ "))) end"
    )) }}
{% endmacro %}

{% macro newcombe_bound(successes, trials, other_successes, other_trials, sign) %}
    {#-
        Of one rate less another: the hybrid score interval, method 10 of Newcombe 1998.
    -#}
    {%- set opposite = '-' if sign == '+' else '+' -%}
    {%- set rate = segmentation.ratio(successes, trials) -%}
    {%- set other_rate = segmentation.ratio(other_successes, other_trials) -%}
    {{ return(segmentation.round_score(
        rate ~ " - " ~ other_rate ~ " " ~ sign ~ " sqrt("
        ~ segmentation.squared_gap(
            rate, segmentation.wilson_bound(successes, trials, sign)
        )
        ~ " + " ~ segmentation.squared_gap(
            other_rate,
            segmentation.wilson_bound(other_successes, other_trials, opposite)
        ) ~ ")"
    )) }}
{% endmacro %}


{% macro squared_gap(one, other) %}
    {%- set gap = "(" ~ one ~ " - " ~ other ~ ")" -%}
    {{ return(gap ~ " * " ~ gap) }}
{% endmacro %}

{% macro skewed_mean_bound(mean, variance, third_moment, people, degrees, sign) %}
    {#-
        Hall (1992, "On the removal of skewness by transformation"): where most spend
        nothing and few a lot, Student's interval misses the mean on one side, far more
        often than it says. Without skewness it is Student's.
    -#}
    {%- set root = "sqrt(cast(" ~ people ~ " as double precision))" -%}
    {%- set error = "(sqrt(" ~ variance ~ ") / " ~ root ~ ")" -%}
    {%- set skewness = "((" ~ third_moment ~ ") / (" ~ variance ~ " * sqrt(" ~ variance
        ~ ")))" -%}
    {%- set t = "(0 " ~ ('+' if sign == '-' else '-') ~ " "
        ~ segmentation.student_quantile(degrees) ~ ")" -%}
    {{ return(segmentation.round_score(
        "case when " ~ variance ~ " > 0 and " ~ degrees ~ " > 0 then case when abs("
        ~ skewness ~ ") > 1e-6 then " ~ mean ~ " - " ~ error ~ " * 3 * " ~ root ~ " / "
        ~ skewness ~ " * (cbrt(1 + " ~ skewness ~ " * (" ~ t ~ " - " ~ skewness
        ~ " / (6 * " ~ root ~ ")) / " ~ root ~ ") - 1) else " ~ mean ~ " - " ~ error
        ~ " * " ~ t ~ " end end"
    )) }}
{% endmacro %}

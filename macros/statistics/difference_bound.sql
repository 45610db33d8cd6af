{% macro difference_bound(estimates, others, sign) %}
    {#-
        Square and add: what each estimate may be off by, on the side that counts. With
        bounds of Wilson it is method 10 of Newcombe (1998, "Interval estimation for the
        difference between independent proportions"); for any others Zou and Donner
        (2008, "Construction of confidence limits about effect measures").
    -#}
    {%- set value, lower, upper = estimates -%}
    {%- set other, other_lower, other_upper = others -%}
    {%- set near, far = (lower, other_upper) if sign == '-' else (upper, other_lower) -%}
    {%- set first = "(" ~ value ~ " - " ~ near ~ ")" -%}
    {%- set second = "(" ~ other ~ " - " ~ far ~ ")" -%}
    {{ return(segmentation.round_score(
        "(" ~ value ~ ") - (" ~ other ~ ") " ~ sign ~ " sqrt(" ~ first ~ " * " ~ first
        ~ " + " ~ second ~ " * " ~ second ~ ")"
    )) }}
{% endmacro %}

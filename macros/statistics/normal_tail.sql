{% macro normal_tail(value) %}
    {#-
        Probability that a standard normal is above a value of 0 or more: half of `erfcc`
        of Press et al. 1992, "Numerical recipes in C", 6.2, off by a part in 8 million.
    -#}
    {%- set x = "(" ~ value ~ " / 1.4142135623730951)" -%}
    {%- set t = "(1 / (1 + 0.5 * " ~ x ~ "))" -%}
    {%- set state = namespace(sum="0.17087277") -%}
    {%- for factor in ['-0.82215223', '1.48851587', '-1.13520398', '0.27886807',
        '-0.18628806', '0.09678418', '0.37409196', '1.00002368', '-1.26551223'] -%}
        {%- set state.sum = factor ~ " + " ~ t ~ " * (" ~ state.sum ~ ")" -%}
    {%- endfor -%}
    {{ return(
        "0.5 * " ~ t ~ " * exp(greatest(-" ~ x ~ " * " ~ x ~ " + " ~ state.sum
        ~ ", -500e0))"
    ) }}
{% endmacro %}

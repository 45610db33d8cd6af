{% macro upper_quantile(probability) %}
    {#-
        Value that a standard normal exceeds with a probability of at most one half;
        formula 26.2.23 of Abramowitz and Stegun (1964), off by less than .00045.
    -#}
    {%- set t = 'sqrt(-2 * ln(' ~ probability ~ '))' -%}
    {{ return(
        "(" ~ t ~ " - (2.515517 + 0.802853 * " ~ t ~ " + 0.010328 * " ~ t ~ " * " ~ t
        ~ ") / (1 + 1.432788 * " ~ t ~ " + 0.189269 * " ~ t ~ " * " ~ t
        ~ " + 0.001308 * " ~ t ~ " * " ~ t ~ " * " ~ t ~ "))"
    ) }}
{% endmacro %}

{% macro sequence_factor(people) %}
    {#-
        How many standard errors an interval reaches that holds at all times at once: the
        asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas
        2024, "Time-uniform central limit theory and asymptotic confidence sequences",
        theorem 2.2, at 95%. Its parameter is their choice for 5,000 people: at 800 to
        300,000 of them it reaches less than 1.8 times as far as an interval of one look.
    -#}
    {%- set scaled = "(" ~ people ~ " * 7.936155 / 5000)" -%}
    {{ return(
        "sqrt(2 * (" ~ scaled ~ " + 1) / " ~ scaled ~ " * ln(sqrt(" ~ scaled
        ~ " + 1) / 0.05))"
    ) }}
{% endmacro %}

{% macro chi_square_tail(statistic, degrees, most_degrees=7) %}
    {#-
        Probability of a larger value: the finite sums 26.4.4 and 26.4.5 of Abramowitz
        and Stegun (1964) for odd and even degrees of freedom. Null beyond the most.
    -#}
    {%- set parts = [] -%}
    {%- for degree in range(1, most_degrees + 1) -%}
        {%- do parts.append(
            " when " ~ degree ~ " then "
            ~ segmentation.chi_square_tail_of(statistic, degree)
        ) -%}
    {%- endfor -%}
    {{ return("case " ~ degrees ~ parts | join('') ~ " end") }}
{% endmacro %}


{% macro chi_square_tail_of(statistic, degree) %}
    {%- set half = "cast(" ~ statistic ~ " as double precision) / 2" -%}
    {%- set density = "exp(greatest(-" ~ half ~ ", -500e0))" -%}
    {%- set state = namespace(term="1", terms=[]) -%}
    {%- if degree % 2 == 0 -%}
        {%- for i in range(degree // 2) -%}
            {%- do state.terms.append(state.term) -%}
            {%- set state.term = state.term ~ " * " ~ half ~ " / " ~ (i + 1) -%}
        {%- endfor -%}
        {{ return(density ~ " * (" ~ state.terms | join(' + ') ~ ")") }}
    {%- endif -%}
    {%- for i in range((degree - 1) // 2) -%}
        {%- set state.term = state.term ~ (
            " * sqrt(" ~ statistic ~ ")" if i == 0
            else " * " ~ statistic ~ " / " ~ (2 * i + 1)
        ) -%}
        {%- do state.terms.append(state.term) -%}
    {%- endfor -%}
    {{ return(
        "2 * " ~ segmentation.normal_tail("sqrt(" ~ statistic ~ ")")
        ~ (" + 0.7978845608028654 * " ~ density ~ " * (" ~ state.terms | join(' + ')
            ~ ")" if state.terms else "")
    ) }}
{% endmacro %}

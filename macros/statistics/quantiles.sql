{% macro normal_quantile() %}
    {#- Of .975: two-sided intervals of 95%. -#}
    {{ return('1.959963984540054') }}
{% endmacro %}


{% macro one_sided_quantile() %}
    {#- Of .95: each end of the interval is wrong in 5%, both together in 10%. -#}
    {{ return('1.6448536269514722') }}
{% endmacro %}


{% macro student_quantile(degrees) %}
    {#-
        Of .975, by its expansion in 1 / degrees: Abramowitz and Stegun 1964, 26.7.5,
        with the terms of z = 1.959963984540054 worked out.
    -#}
    {%- set inverse = '1 / cast(' ~ degrees ~ ' as double precision)' -%}
    {{ return(
        '(' ~ segmentation.normal_quantile() ~ ' + ' ~ inverse ~ ' * (2.372271229 + '
        ~ inverse ~ ' * (2.822498616 + ' ~ inverse ~ ' * (2.555849730 + ' ~ inverse
        ~ ' * 1.589534125))))'
    ) }}
{% endmacro %}


{% macro student_from_normal(z, degrees) %}
    {#- Quantile of Student's t from that of the normal, by the same expansion. -#}
    {%- set inverse = '1 / cast(' ~ degrees ~ ' as double precision)' -%}
    {%- set z = 'cast(' ~ z ~ ' as double precision)' -%}
    {%- set square = z ~ ' * ' ~ z -%}
    {{ return(
        '(' ~ z ~ ' * (1 + ' ~ inverse ~ ' * ((' ~ square ~ ' + 1) / 4e0 + ' ~ inverse
        ~ ' * ((' ~ square ~ ' * (5 * ' ~ square ~ ' + 16) + 3) / 96e0 + ' ~ inverse
        ~ ' * (' ~ square ~ ' * (' ~ square ~ ' * (3 * ' ~ square
        ~ ' + 19) + 17) - 15) / 384e0))))'
    ) }}
{% endmacro %}

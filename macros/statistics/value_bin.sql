{% macro value_bin(value, scale) %}
    {#-
        Number of the bin of a value: quarters of an octave of one plus `scale` times
        it, so that a few dozen bins hold counts, shares and money alike, and none
        depends on the data. Rounded first, as engines differ in the last digit of a
        logarithm.
    -#}
    {%- set number = "cast(" ~ value ~ " as double precision)" -%}
    {%- set place = "floor(" ~ segmentation.round_score(
        "4 * ln(1 + " ~ scale ~ " * abs(" ~ number ~ ")) / ln(2e0)"
    ) ~ ")" -%}
    {{ return(
        "cast(case when " ~ number ~ " >= 0 then " ~ place ~ " when " ~ number
        ~ " < 0 then -1 - " ~ place ~ " end as integer)"
    ) }}
{% endmacro %}


{% macro bin_start(bin, scale) %}
    {#- The least value of a bin. -#}
    {{ return(
        "(case when " ~ bin ~ " < 0 then -1 else 1 end * (power(2e0, abs(" ~ bin
        ~ ") / 4e0) - 1) / " ~ scale ~ ")"
    ) }}
{% endmacro %}

{% macro wilson_bound(count, total, sign) %}
    {#- Wilson (1927), at 95%: holds for small totals and rates near 0 or 1, too. -#}
    {%- set z = 1.959963985 -%}
    {%- set n = "cast(" ~ total ~ " as double precision)" -%}
    {%- set p = "(" ~ count ~ " / " ~ n ~ ")" -%}
    {{ return(
        "case when " ~ total ~ " > 0 then (" ~ p ~ " + " ~ z * z / 2 ~ " / " ~ n ~ " "
        ~ sign ~ " " ~ z ~ " * sqrt(" ~ p ~ " * (1 - " ~ p ~ ") / " ~ n ~ " + "
        ~ z * z / 4 ~ " / (" ~ n ~ " * " ~ n ~ "))) / (1 + " ~ z * z ~ " / " ~ n
        ~ ") end"
    ) }}
{% endmacro %}

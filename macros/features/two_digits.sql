{% macro two_digits(amount) %}
    {#- The sums of a whole cohort move with each member, rounded ones rarely. -#}
    {{ return(
        "cast(case"
        ~ " when " ~ amount ~ " < 1 then " ~ amount
        ~ " when " ~ amount ~ " < 10 then round(" ~ amount ~ ", 1)"
        ~ " when " ~ amount ~ " < 100 then round(" ~ amount ~ ", 0)"
        ~ " when " ~ amount ~ " < 1000 then round(" ~ amount ~ ", -1)"
        ~ " when " ~ amount ~ " < 10000 then round(" ~ amount ~ ", -2)"
        ~ " else round(" ~ amount ~ ", -3)"
        ~ " end as numeric(18, 2))"
    ) }}
{% endmacro %}

{% macro welch_bound(difference, square, people, other_square, other_people, sign) %}
    {#-
        Of one mean less another with spreads of their own: Welch 1947. Amounts with a
        heavy tail are cut off before their squares are summed.
    -#}
    {{ return(segmentation.round_score(
        "case when " ~ square ~ " + " ~ other_square ~ " > 0 then "
        ~ difference ~ " " ~ sign ~ " sqrt(" ~ square ~ " + " ~ other_square ~ ") * "
        ~ segmentation.student_quantile(
            segmentation.welch_degrees(square, people, other_square, other_people)
        ) ~ " end"
    )) }}
{% endmacro %}


{% macro welch_degrees(square, people, other_square, other_people) %}
    {#- Satterthwaite 1946. Both errors zero have no degrees of freedom. -#}
    {%- set total = "(" ~ square ~ " + " ~ other_square ~ ")" -%}
    {{ return(
        "(" ~ total ~ " * " ~ total ~ " / nullif("
        ~ square ~ " * " ~ square ~ " / nullif(" ~ people ~ " - 1, 0) + "
        ~ other_square ~ " * " ~ other_square ~ " / nullif(" ~ other_people
        ~ " - 1, 0), 0))"
    ) }}
{% endmacro %}

{% macro held_out_squares() %}
    {#-
        Squares left in two halves, each predicted by the mean of the other: of columns
        people, total and squares that end in _1 and _2. A half that has nobody to
        learn from is predicted by its own mean.
    -#}
    {%- set terms = [] -%}
    {%- for mine, theirs in [(1, 2), (2, 1)] -%}
        {%- set mean = "coalesce(total_" ~ theirs ~ " / nullif(people_" ~ theirs
            ~ ", 0), total_" ~ mine ~ " / nullif(people_" ~ mine ~ ", 0), 0)" -%}
        {%- do terms.append(
            "squares_" ~ mine ~ " - 2 * " ~ mean ~ " * total_" ~ mine ~ " + people_"
            ~ mine ~ " * " ~ mean ~ " * " ~ mean
        ) -%}
    {%- endfor -%}
    {{ return(terms | join(" + ")) }}
{% endmacro %}

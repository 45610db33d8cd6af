{% macro shared_mean(total, people, largest, finest=-2) %}
    {#- Rounded to a step that hides what any one of them adds; null of a few. -#}
    {{ return(segmentation.mean_in_steps(total, people, largest, '0.5', finest)) }}
{% endmacro %}


{% macro shared_lower_mean(total, people, largest, finest=-2) %}
    {#- The same, never above the exact mean. -#}
    {{ return(segmentation.mean_in_steps(total, people, largest, '0', finest)) }}
{% endmacro %}


{% macro shared_upper_mean(total, people, largest, finest=-2) %}
    {#- The same, never below the exact mean. -#}
    {{ return(segmentation.mean_in_steps(total, people, largest, '1', finest)) }}
{% endmacro %}


{% macro mean_in_steps(total, people, largest, part_of_step, finest) %}
    {%- set step = segmentation.shared_step('abs(' ~ largest ~ ')', people, finest) -%}
    {{ return(
        "case when " ~ people ~ " >= " ~ segmentation.smallest_cell() ~ " then "
        ~ segmentation.in_steps(
            "cast(" ~ total ~ " as double precision) / " ~ people, step, part_of_step
        ) ~ " end"
    ) }}
{% endmacro %}


{% macro in_steps(number, step, part_of_step) %}
    {{ return(segmentation.round_score(
        "floor(" ~ number ~ " / (" ~ step ~ ") + " ~ part_of_step ~ ") * (" ~ step ~ ")"
    )) }}
{% endmacro %}


{% macro shared_total(total, people, largest) %}
    {#-
        The shared mean of as many as are shared, so that it tells no more than the two;
        of nobody it is what it is.
    -#}
    {{ return(
        "cast(case when " ~ people ~ " = 0 then " ~ total ~ " else "
        ~ segmentation.shared_mean(total, people, largest) ~ " * "
        ~ segmentation.shared_count(people) ~ " end as numeric(18, 2))"
    ) }}
{% endmacro %}

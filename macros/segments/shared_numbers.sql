{% macro smallest_cell() %}
    {#- Numbers about fewer people are about somebody. -#}
    {{ return(10) }}
{% endmacro %}


{% macro shared_count(people) %}
    {#- Rounded to five, so that one person moves it by nothing or by five. -#}
    {{ return(
        "case when " ~ people ~ " >= " ~ segmentation.smallest_cell()
        ~ " then cast(5 * floor((" ~ people ~ " + 2) / 5e0) as bigint) end"
    ) }}
{% endmacro %}


{% macro shared_part(people, whole) %}
    {#- Neither who is in it nor who is not may be a few. -#}
    {{ return(
        "case when " ~ whole ~ " - " ~ people ~ " >= " ~ segmentation.smallest_cell()
        ~ " then " ~ segmentation.shared_count(people) ~ " end"
    ) }}
{% endmacro %}


{% macro shared_step(largest, people, finest=-2) %}
    {#-
        Step that a mean is rounded to: 1, 2 or 5 times a power of ten, not less than
        what any one person can change the mean by, nor than ten to the power `finest`.
    -#}
    {%- set steps = [] -%}
    {%- for power in range(finest, 20) -%}
        {%- for digit in [1, 2, 5] -%}
            {%- do steps.append(
                " when " ~ largest ~ " <= " ~ digit ~ "e" ~ power ~ " * " ~ people
                ~ " then " ~ digit ~ "e" ~ power
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return("case" ~ steps | join('') ~ " end") }}
{% endmacro %}

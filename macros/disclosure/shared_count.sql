{% macro smallest_cell() %}
    {#- A group of fewer people is not told of. -#}
    {{ return(10) }}
{% endmacro %}


{% macro shared_count(expression) %}
    {#- A count of people as it may be read: in fives, and null below the least group. -#}
    {{ return(
        "case when " ~ expression ~ " >= " ~ segmentation.smallest_cell()
        ~ " then " ~ expression ~ " + 2 - mod(" ~ expression ~ " + 2, 5) end"
    ) }}
{% endmacro %}

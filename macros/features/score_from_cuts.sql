{% macro score_from_cuts(column, cut_prefix, higher_is_better=true) %}
    {#- 1 plus the number of cuts passed: ties at a cut stay below it. -#}
    {%- set steps = ['1'] -%}
    {%- for number in range(1, 5) -%}
        {%- do steps.append(
            "case when " ~ column ~ (' > ' if higher_is_better else ' < ')
            ~ cut_prefix ~ "_" ~ number ~ " then 1 else 0 end"
        ) -%}
    {%- endfor -%}
    {{ return(steps | join(' + ')) }}
{% endmacro %}

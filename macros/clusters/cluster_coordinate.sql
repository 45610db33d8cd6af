{% macro cluster_coordinate(input) %}
    {#- From a value to its place along one axis, as in training. -#}
    {{ return(
        "case when " ~ input ~ " is not null then " ~ input
        ~ "_weight * (least(greatest(ln(1 + greatest(" ~ input ~ ", 0)), " ~ input
        ~ "_lower), " ~ input ~ "_upper) - " ~ input ~ "_mean) / " ~ input
        ~ "_scale else 0 end"
    ) }}
{% endmacro %}


{% macro cluster_distance(inputs, slot) %}
    {#- Rounded, so that a tie is one on every engine; null where there is no cluster. -#}
    {%- set squares = [] -%}
    {%- for input in inputs -%}
        {%- set difference = '(' ~ input ~ '_at - ' ~ input ~ '_' ~ slot ~ ')' -%}
        {%- do squares.append(difference ~ ' * ' ~ difference) -%}
    {%- endfor -%}
    {{ return(segmentation.round_score('sqrt(' ~ squares | join(' + ') ~ ')')) }}
{% endmacro %}


{% macro slot_at(distance, but=none) %}
    {#- The first slot at a distance, one of them left out. -#}
    {%- set cases = [] -%}
    {%- for slot in segmentation.cluster_slots() -%}
        {%- do cases.append(
            'when distance_' ~ slot ~ ' = ' ~ distance
            ~ (' and ' ~ but ~ ' <> ' ~ slot if but is not none else '')
            ~ ' then ' ~ slot
        ) -%}
    {%- endfor -%}
    {{ return('case ' ~ cases | join(' ') ~ ' end') }}
{% endmacro %}


{% macro of_slot(prefix, slot) %}
    {#- The column of a slot whose number is an expression. -#}
    {%- set cases = [] -%}
    {%- for number in segmentation.cluster_slots() -%}
        {%- do cases.append('when ' ~ number ~ ' then ' ~ prefix ~ number) -%}
    {%- endfor -%}
    {{ return('case ' ~ slot ~ ' ' ~ cases | join(' ') ~ ' end') }}
{% endmacro %}

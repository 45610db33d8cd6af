{% macro sums_by_side(side) %}
    {#- Of two sides of a row, side by side: parts of a split, or halves of customers. -#}
    {%- for number in [1, 2] %}
        {%- for measure in ['people', 'total', 'squares'] %}
        sum(case when {{ side }} = {{ number }} then {{ measure }} else 0 end)
            as {{ measure }}_{{ number }}{{ ',' if not (number == 2 and loop.last) }}
        {%- endfor %}
    {%- endfor %}
{%- endmacro %}

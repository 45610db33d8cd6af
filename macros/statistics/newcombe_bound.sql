{% macro newcombe_bound(successes, trials, other_successes, other_trials, sign) %}
    {#- Of one rate less another: the hybrid score interval. -#}
    {%- set sides = [] -%}
    {%- for hits, people in [(successes, trials), (other_successes, other_trials)] -%}
        {%- do sides.append([
            segmentation.ratio(hits, people),
            segmentation.wilson_bound(hits, people, '-'),
            segmentation.wilson_bound(hits, people, '+'),
        ]) -%}
    {%- endfor -%}
    {{ return(segmentation.difference_bound(sides[0], sides[1], sign)) }}
{% endmacro %}

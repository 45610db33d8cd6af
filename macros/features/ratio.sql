{% macro ratio(numerator, denominator) %}
    {#- Null instead of a division by zero; rounded so that engines agree. -#}
    {{ return(segmentation.round_score(
        "cast(" ~ numerator ~ " as double precision) / nullif(cast(" ~ denominator
        ~ " as double precision), 0)"
    )) }}
{% endmacro %}


{% macro round_score(expression) %}
    {{ return(adapter.dispatch('round_score', 'segmentation')(expression)) }}
{% endmacro %}


{% macro default__round_score(expression) %}
    {{ return("round(" ~ expression ~ ", 9)") }}
{% endmacro %}


{% macro postgres__round_score(expression) %}
    {{ return(
        "cast(round(cast(" ~ expression ~ " as numeric), 9) as double precision)"
    ) }}
{% endmacro %}


{% macro rounded_ratio(numerator, denominator) %}
    {#- Halves up, on every engine; null instead of a division by zero. -#}
    {{ return("floor(" ~ segmentation.ratio(numerator, denominator) ~ " + 0.5)") }}
{% endmacro %}

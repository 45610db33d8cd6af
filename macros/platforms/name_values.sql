{% macro name_as_written(value) %}
    nullif({{ segmentation.trimmed_exactly(value) }}, '')
{%- endmacro %}


{% macro name_without_titles(value) %}
    {%- set spaces = segmentation.white_space() -%}
    {%- set titles = '^((mrs|mr|ms|miss|mx|dr|prof)([.][' ~ spaces ~ ']*|[' ~ spaces
        ~ ']+))+' -%}
    {{- segmentation.name_as_written(segmentation.without_pattern(
        segmentation.lower_exactly(segmentation.trimmed_exactly(value)), titles
    )) }}
{%- endmacro %}


{% macro name_without_suffixes(value) %}
    {%- set suffixes = '([,' ~ segmentation.white_space()
        ~ ']+(jr|sr|ii|iii|iv)[.]?)+$' -%}
    {{- segmentation.name_as_written(segmentation.without_pattern(
        segmentation.lower_exactly(segmentation.trimmed_exactly(value)), suffixes
    )) }}
{%- endmacro %}


{% macro name_without_punctuation(value) %}
    {{- segmentation.name_as_written(
        segmentation.lower_exactly(segmentation.without_punctuation(value))
    ) }}
{%- endmacro %}


{% macro city_squeezed(value) %}
    nullif({{ segmentation.lower_exactly(segmentation.letters_and_digits(value)) }}, '')
{%- endmacro %}

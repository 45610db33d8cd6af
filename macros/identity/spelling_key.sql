{% macro spelling_key(expression) %}
    {#-
        Equal for spellings of one value. Engines disagree on the lower case of two
        letters, the dotted I and the last sigma of a word.
    -#}
    {%- set composed = adapter.dispatch('composed', 'segmentation')(expression) -%}
    {%- set joined = segmentation.without_pattern(composed, '[ \\t\\r\\n]') -%}
    {{ return("replace(lower(replace(" ~ joined ~ ", 'İ', 'i')), 'ς', 'σ')") }}
{% endmacro %}


{% macro default__composed(expression) %}
    {{ return('normalize(' ~ expression ~ ', nfc)') }}
{% endmacro %}


{% macro duckdb__composed(expression) %}
    {{ return('nfc_normalize(' ~ expression ~ ')') }}
{% endmacro %}

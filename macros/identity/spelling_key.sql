{% macro spelling_key(expression) %}
    {#-
        Equal for spellings of one value. Engines disagree on the lower case of two
        letters, the dotted I and the last sigma of a word.
    -#}
    {%- set composed = adapter.dispatch('composed', 'segmentation')(expression) -%}
    {{ return(
        "replace(lower(replace(regexp_replace(" ~ composed
        ~ ", '[ \\t\\r\\n]', '', 'g'), 'İ', 'i')), 'ς', 'σ')"
    ) }}
{% endmacro %}


{% macro default__composed(expression) %}
    {{ return('normalize(' ~ expression ~ ', nfc)') }}
{% endmacro %}


{% macro duckdb__composed(expression) %}
    {{ return('nfc_normalize(' ~ expression ~ ')') }}
{% endmacro %}

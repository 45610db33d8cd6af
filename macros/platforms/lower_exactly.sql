{% macro lower_exactly(expression) %}
    {#- Two letters have a lower case that depends on the engine or on what follows: the
        dotted I, and the sigma, which PostgreSQL would end a word with otherwise. -#}
    {%- set settled = "replace(replace(" ~ expression ~ ", 'İ', 'i'), 'Σ', 'σ')" -%}
    {{ return(adapter.dispatch('lower_letters', 'segmentation')(settled)) }}
{% endmacro %}


{% macro default__lower_letters(expression) %}
    {{ return('lower(' ~ expression ~ ')') }}
{% endmacro %}


{% macro postgres__lower_letters(expression) %}
    {#- By Unicode, whatever the locale of the database, which stays that of the text. -#}
    {{ return(
        'lower((' ~ expression ~ ') collate "und-x-icu") collate "default"'
    ) }}
{% endmacro %}

{% macro question_words(expression) %}
    {#- Patterns of `sensitive_features` end at blanks, and questions at a mark. -#}
    {%- set state = namespace(text=expression) -%}
    {%- for mark in ['?', '!', ':', ';', '"', "''", '’', '“', '”', '…'] -%}
        {%- set state.text = dbt.replace(state.text, "'" ~ mark ~ "'", "' '") -%}
    {%- endfor -%}
    {{ return(segmentation.sensitive_words(state.text)) }}
{% endmacro %}

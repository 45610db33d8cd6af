{% macro question_words(expression) %}
    {#- Patterns of `sensitive_features` end at blanks, and questions at a mark. -#}
    {%- set state = namespace(text=expression) -%}
    {%- for mark in ['?', '!', ':', ';', '"', "'", '’', '“', '”', '…'] -%}
        {%- set mark = dbt.escape_single_quotes(mark) -%}
        {%- set state.text = dbt.replace(state.text, "'" ~ mark ~ "'", "' '") -%}
    {%- endfor -%}
    {{ return(segmentation.sensitive_words(state.text)) }}
{% endmacro %}

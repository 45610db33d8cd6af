{% macro timestamp_literal(moment) %}
    {%- if moment is none -%}{{ return('cast(null as timestamp)') }}{%- endif -%}
    {{ return("cast('" ~ moment.strftime('%Y-%m-%d %H:%M:%S.%f') ~ "' as timestamp)") }}
{% endmacro %}


{% macro date_literal(day) %}
    {%- if day is none -%}{{ return('cast(null as date)') }}{%- endif -%}
    {{ return("cast('" ~ day ~ "' as date)") }}
{% endmacro %}


{% macro text_literal(text) %}
    {{ return(
        'cast(' ~ ('null' if text is none else segmentation.rule_literal(text)) ~ ' as '
        ~ dbt.type_string() ~ ')'
    ) }}
{% endmacro %}

{% macro meets_audience(audience_code) %}
    {#- Whether a customer meets the rule of an audience: every rule in one scan. -#}
    {%- set parts = [] -%}
    {%- for audience in segmentation.audiences() -%}
        {%- do parts.append(
            " when '" ~ audience.code ~ "' then " ~ segmentation.rule_sql(audience)
        ) -%}
    {%- endfor -%}
    {{ return("case " ~ audience_code ~ parts | join('') ~ " when '' then false end") }}
{% endmacro %}


{% macro audience_value(audience_code, alias) %}
    {#- The feature that an audience names as its value. -#}
    {%- set money = segmentation.sql_type('numeric(18, 2)') -%}
    {%- set parts = [] -%}
    {%- for audience in segmentation.audiences() if audience.value is not none -%}
        {%- do parts.append(
            " when '" ~ audience.code ~ "' then cast(" ~ alias ~ "." ~ audience.value
            ~ " as " ~ money ~ ")"
        ) -%}
    {%- endfor -%}
    {{ return(
        "case " ~ audience_code ~ parts | join('') ~ " when '' then cast(0 as " ~ money
        ~ ") end"
    ) }}
{% endmacro %}

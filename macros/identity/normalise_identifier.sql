{% macro normalise_identifier(identifier_type, identifier_value) %}
    {#- One spelling per identifier; what cannot identify anybody becomes null. -#}
    {%- set digits = segmentation.digits_only(identifier_value) -%}
    case
        when {{ identifier_type }} = 'email'
            then case
                when {{ identifier_value }} like '%_@_%._%'
                    then lower(trim({{ identifier_value }}))
            end
        when {{ identifier_type }} = 'phone'
            then case when length({{ digits }}) >= 7 then {{ digits }} end
        else nullif(trim({{ identifier_value }}), '')
    end
{%- endmacro %}


{% macro digits_only(expression) %}
    {{ return(adapter.dispatch('digits_only', 'segmentation')(expression)) }}
{% endmacro %}


{% macro default__digits_only(expression) %}
    {{ return("regexp_replace(" ~ expression ~ ", '[^0-9]', '', 'g')") }}
{% endmacro %}

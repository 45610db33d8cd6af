{% macro normalise_identifier(identifier_type, identifier_value, dialing_code) %}
    {#- One spelling per identifier; what cannot identify anybody becomes null. -#}
    {%- set number = segmentation.international_digits(identifier_value) -%}
    {%- set national = "substring(" ~ number ~ ", 1 + coalesce(length("
        ~ dialing_code ~ "), 0))" -%}
    {%- set key = segmentation.trim_these(national, '0', 'leading') -%}
    case
        when {{ identifier_type }} = 'email'
            then case
                when {{ identifier_value }} like '%_@_%._%'
                    then {{ segmentation.lower_alike(segmentation.trimmed(identifier_value)) }}
            end
        when {{ identifier_type }} = 'phone'
            then case when length({{ key }}) >= 6 then {{ key }} end
        else nullif({{ segmentation.trimmed(identifier_value) }}, '')
    end
{%- endmacro %}


{% macro trimmed(expression) %}
    {#- Engines disagree on which spaces are to be trimmed. -#}
    {%- set spaces = '\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007'
        ~ '\u2008\u2009\u200a\u202f\u205f\u3000' -%}
    {{ return(
        "trim(translate(" ~ expression ~ ", '" ~ spaces ~ "', '" ~ ' ' * 16 ~ "'))"
    ) }}
{% endmacro %}


{% macro lower_alike(expression) %}
    {#- Engines disagree on the dotted I and on the last sigma of a word. -#}
    {{ return(
        "replace(lower(replace(" ~ expression ~ ", 'İ', 'i')), 'ς', 'σ')"
    ) }}
{% endmacro %}


{% macro is_international(identifier_value) %}
    {#- North Americans write the 1 of their country without a plus sign. -#}
    {%- set digits = segmentation.digits_only(identifier_value) -%}
    {%- set trimmed = segmentation.trimmed(identifier_value) -%}
    {{ return(
        "(" ~ trimmed ~ " like '+%' or " ~ trimmed ~ " like '(+%' or " ~ trimmed
        ~ " like '00%' or (length(" ~ digits ~ ") = 11 and left(" ~ digits
        ~ ", 2) between '12' and '19'))"
    ) }}
{% endmacro %}


{% macro international_digits(identifier_value) %}
    {#- Digits from the country code on where it is written, else all digits. -#}
    {%- set digits = segmentation.digits_only(identifier_value) -%}
    {{ return(
        "case when " ~ segmentation.trimmed(identifier_value)
        ~ " like '00%' then substring(" ~ digits ~ ", 3) else " ~ digits ~ " end"
    ) }}
{% endmacro %}


{% macro digits_only(expression) %}
    {{ return(segmentation.without_pattern(expression, '[^0-9]')) }}
{% endmacro %}

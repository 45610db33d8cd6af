{% macro email_lower(value) %}
    {#- Spaces within are not removed here, and no address has any. -#}
    case
        when {{ segmentation.trimmed_exactly(value) }} = {{ segmentation.without_spaces(value) }}
            and {{ segmentation.is_email(value) }}
            then {{ segmentation.lower_exactly(segmentation.trimmed_exactly(value)) }}
    end
{%- endmacro %}


{% macro email_without_plus(value) %}
    {%- set lowered = segmentation.lower_exactly(segmentation.trimmed_exactly(value)) -%}
    case
        when {{ segmentation.trimmed_exactly(value) }} = {{ segmentation.without_spaces(value) }}
            and {{ segmentation.is_email(value) }}
            then nullif(split_part(split_part({{ lowered }}, '@', 1), '+', 1), '')
                || '@' || split_part({{ lowered }}, '@', 2)
    end
{%- endmacro %}


{% macro email_gmail_dots(value, has_plus_rule=false) %}
    {%- set lowered = segmentation.lower_exactly(segmentation.without_spaces(value)) -%}
    {%- set mailbox = "split_part(" ~ lowered ~ ", '@', 1)" -%}
    {%- set domain = "split_part(" ~ lowered ~ ", '@', 2)" -%}
    {%- if has_plus_rule -%}
        {%- set mailbox = "split_part(" ~ mailbox ~ ", '+', 1)" -%}
    {%- endif -%}
    case
        when not {{ segmentation.is_email(value) }} then null
        when {{ domain }} in ('gmail.com', 'googlemail.com')
            then nullif(replace({{ mailbox }}, '.', ''), '') || '@' || {{ domain }}
        else {{ lowered }}
    end
{%- endmacro %}


{% macro email_gmail_dots_and_plus(value) %}
    {{- segmentation.email_gmail_dots(value, has_plus_rule=true) }}
{%- endmacro %}


{% macro is_email(value) %}
    {#- One @ with something before it, and a dot with something around it after. -#}
    {%- set squeezed = segmentation.without_spaces(value) -%}
    {{ return(
        "(" ~ squeezed ~ " like '%_@_%._%' and " ~ squeezed ~ " not like '%@%@%')"
    ) }}
{% endmacro %}

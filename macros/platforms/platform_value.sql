{% macro platform_expressions(value, country_code) %}
    {#- The rules that the seed platform_rules may name, by what they are of. -#}
    {{ return({
        'email': {
            'email_lower': segmentation.email_lower(value),
            'email_without_plus': segmentation.email_without_plus(value),
            'email_gmail_dots': segmentation.email_gmail_dots(value),
            'email_gmail_dots_and_plus': segmentation.email_gmail_dots_and_plus(value),
        },
        'phone': {
            'phone_e164': "'+' || " ~ value,
            'phone_digits': value,
        },
        'name': {
            'name_as_written': segmentation.name_as_written(value),
            'name_without_titles': segmentation.name_without_titles(value),
            'name_without_suffixes': segmentation.name_without_suffixes(value),
            'name_without_punctuation': segmentation.name_without_punctuation(value),
        },
        'address': {
            'city_squeezed': segmentation.city_squeezed(value),
            'region_squeezed': segmentation.region_squeezed(value, country_code),
            'postal_code_as_written': segmentation.postal_code_as_written(value),
            'postal_code_shortened':
                segmentation.postal_code_shortened(value, country_code),
            'country_lower': segmentation.country_lower(value),
            'country_upper': segmentation.country_upper(value),
        },
    }) }}
{% endmacro %}


{% macro platform_value(rule, value, kinds, country_code='null') %}
    {%- set expressions = segmentation.platform_expressions(value, country_code) -%}
    case
        {%- for kind in kinds %}
        {%- for name, expression in expressions[kind].items() %}
        when {{ rule }} = '{{ name }}' then {{ expression }}
        {%- endfor %}
        {%- endfor %}
    end
{%- endmacro %}


{% macro platform_encoded(encoding, value) %}
    case
        when {{ encoding }} = 'sha256_hex' then {{ segmentation.sha256_hex(value) }}
        when {{ encoding }} = 'plain' then {{ value }}
    end
{%- endmacro %}

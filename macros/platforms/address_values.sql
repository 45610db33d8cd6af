{% macro country_lower(value) %}
    {%- set lowered = segmentation.lower_exactly(segmentation.trimmed_exactly(value)) -%}
    case
        when {{ segmentation.has_only(lowered, 'abcdefghijklmnopqrstuvwxyz') }}
            and length({{ lowered }}) = 2
            then {{ lowered }}
    end
{%- endmacro %}


{% macro country_upper(value) %}
    {#- Not upper(), which a Turkish locale gives its own I. -#}
    translate(
        {{ segmentation.country_lower(value) }},
        'abcdefghijklmnopqrstuvwxyz',
        'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
    )
{%- endmacro %}


{% macro region_squeezed(value, country_code) %}
    {%- set squeezed = segmentation.city_squeezed(value) -%}
    {%- set states = segmentation.us_states() -%}
    case
        when {{ country_code }} = 'US'
            then case {{ squeezed }}
                {%- for name, code in states.items() %}
                when '{{ name }}' then '{{ code }}'
                when '{{ code }}' then '{{ code }}'
                {%- endfor %}
            end
        when {{ country_code }} is not null then {{ squeezed }}
    end
{%- endmacro %}


{% macro postal_code_as_written(value) %}
    nullif({{ segmentation.trimmed_exactly(value) }}, '')
{%- endmacro %}


{% macro postal_code_shortened(value, country_code) %}
    {%- set digits, letters = '0123456789', 'abcdefghijklmnopqrstuvwxyz' -%}
    {%- set dashes = '-\u2010\u2011\u2012\u2013\u2014\u2015' -%}
    {%- set squeezed = segmentation.lower_exactly(segmentation.without_these(
        value, segmentation.white_space() ~ dashes
    )) -%}
    case
        when {{ country_code }} = 'US'
            then case
                when {{ segmentation.has_only(squeezed, digits) }}
                    and length({{ squeezed }}) in (5, 9)
                    then left({{ squeezed }}, 5)
            end
        when {{ country_code }} = 'GB'
            then case
                when length({{ squeezed }}) between 5 and 7
                    and {{ segmentation.has_only(squeezed, digits ~ letters) }}
                    and {{ segmentation.has_only("right(" ~ squeezed ~ ", 2)", letters) }}
                    and {{ segmentation.has_only(
                        "left(right(" ~ squeezed ~ ", 3), 1)", digits
                    ) }}
                    then left({{ squeezed }}, length({{ squeezed }}) - 2)
            end
        when {{ country_code }} is not null then nullif({{ squeezed }}, '')
    end
{%- endmacro %}

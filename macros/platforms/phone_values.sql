{% macro phone_text(value) %}
    {#- People set numbers with these; pasted ones carry invisible marks of direction. -#}
    {%- set marks = '()-./\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufeff\u2060'
        ~ '\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068'
        ~ '\u2069' -%}
    {%- set text = segmentation.without_these(value, segmentation.white_space() ~ marks) -%}
    {#- Letters announce an extension or another number: no guess which digits count. -#}
    case
        when {{ segmentation.without_these(text, '0123456789') }} in ('', '+')
            and {{ text }} not like '_%+%'
            then {{ text }}
    end
{%- endmacro %}


{% macro international_digits_of(phone_text, country_code) %}
    {#- North Americans write the 1 of their country without a plus sign; elsewhere such
        a number is a national one, as in China. -#}
    case
        when {{ phone_text }} like '+%' then substring({{ phone_text }}, 2)
        when {{ phone_text }} like '00%' then substring({{ phone_text }}, 3)
        when {{ country_code }} is null
            and length({{ phone_text }}) = 11
            and left({{ phone_text }}, 2) in (
                '12', '13', '14', '15', '16', '17', '18', '19'
            )
            then {{ phone_text }}
    end
{%- endmacro %}


{% macro e164_digits(
    phone_text, international_digits, dialing_code, trunk_prefix, minimum_digits,
    maximum_digits
) %}
    {%- set rest = "coalesce(substring(" ~ international_digits ~ ", 1 + length("
        ~ dialing_code ~ ")), " ~ phone_text ~ ")" -%}
    {%- set without_trunk = "substring(" ~ rest ~ ", 1 + length(" ~ trunk_prefix ~ "))" -%}
    {%- set national = "case when " ~ rest ~ " like " ~ trunk_prefix ~ " || '%' and length("
        ~ without_trunk ~ ") >= " ~ minimum_digits ~ " then " ~ without_trunk ~ " else "
        ~ rest ~ " end" -%}
    case
        when length({{ national }}) between {{ minimum_digits }} and {{ maximum_digits }}
            and ({{ trunk_prefix }} is null or {{ national }} not like '0%')
            and length({{ dialing_code }} || {{ national }}) between 7 and 15
            then {{ dialing_code }} || {{ national }}
    end
{%- endmacro %}

{% macro neutral_code(segment_code) %}
    {#-
        A name for outsiders that says nothing of people. Not the place in the list: with
        one more segment S04 would mean other customers, on platforms that keep the name.
    -#}
    {{ return('S' ~ local_md5(segment_code)[:4] | upper) }}
{% endmacro %}


{% macro neutral_code_problems() %}
    {%- set problems, seen = [], {} -%}
    {%- for rule in var('segmentation_segments') + [{'code': 'otherwise'}]
        if rule is mapping and rule.code is string -%}
        {%- set neutral = segmentation.neutral_code(rule.code) -%}
        {%- if seen.get(neutral, rule.code) != rule.code -%}
            {%- do problems.append(
                "segmentation_segments: '" ~ seen[neutral] ~ "' and '" ~ rule.code
                ~ "' would both be " ~ neutral ~ " to others; give one of them another "
                ~ "code."
            ) -%}
        {%- endif -%}
        {%- do seen.update({neutral: rule.code}) -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}

{% macro feature_problems(subject, conditions, types) %}
    {#- What conditions name that is no feature, or compare with a value of no use. -#}
    {%- set problems = [] -%}
    {%- for condition in segmentation.flat_conditions(conditions) -%}
        {%- if condition['feature'] not in types -%}
            {%- do problems.append(
                subject ~ " names the unknown feature '" ~ condition['feature']
                ~ "'. Valid are " ~ types.keys() | sort | join(', ') ~ "."
            ) -%}
        {%- else -%}
            {%- do problems.extend(segmentation.value_problems(
                subject, condition, types[condition['feature']]
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{% macro value_problems(subject, condition, data_type) %}
    {#- A value of another type than its column would fail in the middle of a build. -#}
    {%- set operator = (condition.keys() | reject('equalto', 'feature') | list)[0] -%}
    {%- set problems = [] -%}
    {%- if operator not in ('is_null', 'is_not_null') -%}
        {%- set given = condition[operator] -%}
        {%- set values = given if operator in ('in', 'not_in') else [given] -%}
        {%- set kind = segmentation.type_kind(data_type) -%}
        {%- set wanted = {
            'text': 'text in quotes', 'boolean': 'true or false',
            'date': 'a day in quotes such as "2017-12-31"',
        }.get(kind, 'a number') -%}
        {%- for value in values -%}
            {%- set is_right = (
                (value is string) if kind in ('text', 'date')
                else (value is boolean) if kind == 'boolean'
                else (value is number and value is not boolean)
            ) -%}
            {%- if not is_right -%}
                {%- do problems.append(
                    subject ~ " compares " ~ condition['feature'] ~ " with "
                    ~ value ~ "; it needs " ~ wanted ~ "."
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(problems) }}
{% endmacro %}

{% macro sensitive_overrides() %}
    {#- Overrides that are whole; `sensitive_problems` tells of the others. -#}
    {%- set found = [] -%}
    {%- set given = var('segmentation_sensitive_overrides') -%}
    {%- if segmentation.is_list(given) -%}
        {%- for entry in given if not segmentation.problems_of_override(entry) -%}
            {%- do found.append(entry) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}


{% macro sensitive_problems() %}
    {%- set problems = [] -%}
    {%- set given = var('segmentation_sensitive_overrides') -%}
    {%- if given is string or given is mapping or given is not sequence -%}
        {%- do problems.append(
            "segmentation_sensitive_overrides is " ~ given ~ "; expected a list. Write [] "
            ~ "for none, or " ~ segmentation.override_example() ~ "."
        ) -%}
    {%- else -%}
        {%- for entry in given -%}
            {%- set place = loop.index -%}
            {%- for problem in segmentation.problems_of_override(entry) -%}
                {%- do problems.append(
                    "segmentation_sensitive_overrides: entry " ~ place
                    ~ " " ~ problem ~ "."
                ) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(problems) }}
{% endmacro %}


{% macro problems_of_override(entry) %}
    {%- if entry is not mapping -%}
        {{ return(["is " ~ entry ~ "; write " ~ segmentation.override_example()]) }}
    {%- endif -%}
    {%- set problems = [] -%}
    {%- set texts = ['topic', 'lawful_basis', 'decided_by'] -%}
    {%- set days = ['decided_at', 'until'] -%}
    {%- set unknown = entry.keys()
        | reject('in', ['feature', 'pattern'] + texts + days) | list -%}
    {%- if unknown -%}
        {%- do problems.append(
            "has " ~ unknown | join(', ') ~ "; an override has feature or pattern, "
            ~ (texts + days) | join(', ')
        ) -%}
    {%- endif -%}
    {%- if ('feature' in entry) == ('pattern' in entry) -%}
        {%- do problems.append(
            "has " ~ ('both feature and pattern' if 'feature' in entry
                else 'neither feature nor pattern')
            ~ "; name the feature of the rule, or a pattern of sensitive_features"
        ) -%}
    {%- endif -%}
    {%- for name in ['feature', 'pattern'] + texts if name in entry or name in texts -%}
        {%- set value = entry.get(name) -%}
        {%- if value is not string or not value.strip() -%}
            {%- do problems.append(
                "has " ~ (value if value else 'nothing') ~ " as " ~ name
                ~ "; write it as text"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set bad = [] -%}
    {%- for name in days -%}
        {%- set value = entry.get(name) | string -%}
        {%- if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}$', value)
            or not segmentation.is_day(value) -%}
            {%- do bad.append(name) -%}
            {%- do problems.append(
                "has '" ~ (value if name in entry else '') ~ "' as " ~ name
                ~ "; write a day as 2026-06-30"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not bad and entry['until'] | string < entry['decided_at'] | string -%}
        {%- do problems.append(
            "ends on " ~ entry['until'] ~ ", before it was decided on "
            ~ entry['decided_at'] ~ "; correct one of the days"
        ) -%}
    {%- endif -%}
    {{ return(problems) }}
{% endmacro %}


{% macro override_example() %}
    {{ return(
        '{feature: top_category, topic: health, lawful_basis: explicit consent, '
        ~ 'decided_by: data protection officer, decided_at: "2026-01-15", '
        ~ 'until: "2026-12-31"}'
    ) }}
{% endmacro %}

{% macro known_config(columns) %}
    {#- A table of rows that were ever there, and of the build that last saw them come
        or go: for what touches others than itself. -#}
    {{ config(
        materialized='state',
        schema=segmentation.segmentation_schema('internal'),
        meta={'state_key': columns}
    ) }}
{% endmacro %}


{% macro known_rows(present, columns) %}
    {#- The rows of a relation; in a build that goes on, those that came or went. -#}
    {%- set run = segmentation.run_to_continue() -%}
    {%- if run -%}
    select
        {%- for column in columns %}
        coalesce(present.{{ column }}, known.{{ column }}) as {{ column }},
        {%- endfor %}
        present.{{ columns[0] }} is not null as is_present,
        cast({{ run.number }} as bigint) as changed_in_run
    from {{ present }} as present
    full outer join {{ this }} as known
        on
            {%- for column in columns %}
            {{ 'and ' if not loop.first }}present.{{ column }} = known.{{ column }}
            {%- endfor %}
    where
        (present.{{ columns[0] }} is not null and not coalesce(known.is_present, false))
        or (present.{{ columns[0] }} is null and known.is_present)
    {%- else -%}
    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        {{ columns[0] }} is not null as is_present,
        cast({{ segmentation.run_number() }} as bigint) as changed_in_run
    from {{ present }}
    {%- endif -%}
{% endmacro %}


{% macro changed_now() %}
    {#- Condition on rows that this build found changed; none when it reads everything. -#}
    {%- set run = segmentation.open_run_row() -%}
    {{ return('changed_in_run = ' ~ (run.number if run and run.is_continued else 0)) }}
{% endmacro %}

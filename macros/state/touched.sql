{% macro state_config(
    schema, touched, state_key=['source_system', 'source_customer_id'], state_ends=none,
    touched_key=none, is_wider=false, panel_dates=none, tells_changes=false
) %}
    {%- set meta = {
        'touched': touched,
        'state_key': state_key,
        'touched_key': touched_key or state_key,
    } -%}
    {%- for name, value in {
        'state_ends': state_ends, 'is_wider': is_wider, 'panel_dates': panel_dates,
        'tells_changes': tells_changes,
    }.items() if value -%}
        {%- do meta.update({name: value}) -%}
    {%- endfor -%}
    {{ config(
        materialized='state',
        schema=segmentation.segmentation_schema(schema),
        meta=meta
    ) }}
    {#- A unit test gives no rows for what it never reads. -#}
    {%- if not execute -%}
        {%- do ref(touched) -%}
        {%- if panel_dates is not none -%}{%- do ref(panel_dates) -%}{%- endif -%}
    {%- endif -%}
{% endmacro %}


{% macro only_touched(alias, run) %}
    {#- Joins a relation with what the state model at hand computes anew; nothing in a
        build that reads everything. -#}
    {%- set settings = model.config.meta -%}
    {%- if run -%}
    inner join {{ ref(settings.touched) }} as touched
        on
            {%- for column in settings.touched_key %}
            {{ 'and ' if not loop.first }}{{ alias }}.{{ column }} = touched.{{ column }}
            {%- endfor %}
    {%- endif -%}
{% endmacro %}


{% macro is_touched(contract, run) %}
    {#- Rows that were written since the whole build before, and those delivered before
        it that have come into sight as the date moved on. -#}
    {%- set names = contract.columns | map(attribute='name') | list -%}
    (
        changed_in_run = {{ run.number }}
        {%- if run.previous_as_of_date | string < segmentation.as_of_value() %}
        {%- for time in [contract.event_time, contract.dated_by, 'updated_at']
            if time in names %}
        or (
            {{ time }} >= {{ segmentation.end_of_day(run.previous_as_of_date | string) }}
            and {{ time }} < {{ segmentation.as_of_end() }}
        )
        {%- endfor %}
        {%- endif %}
    )
{% endmacro %}


{% macro only_touched_days(relation, contract, run) %}
    {%- if run -%}
    where (source_system, {{ segmentation.loaded_date() }}) in (
        select
            source_system,
            {{ segmentation.loaded_date() }}
        from {{ relation }}
        where {{ segmentation.is_touched(contract, run) }}
    )
    {%- endif -%}
{% endmacro %}


{% macro loaded_date() %}
    {{ return(
        "coalesce(cast(loaded_at as date), cast('1900-01-01' as date))"
    ) }}
{% endmacro %}

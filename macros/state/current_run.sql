{% macro open_run_row() %}
    {#- The run that this invocation opened; none outside of builds and in unit tests. -#}
    {%- if not execute or flags.WHICH not in ('build', 'run') -%}{{ return(none) }}{%- endif -%}
    {%- set runs = segmentation.state_relation('runs') -%}
    {%- if runs is none -%}{{ return(none) }}{%- endif -%}
    {%- set found = run_query(
        "select run_number, previous_as_of_date, is_continued from " ~ runs
        ~ " where run_id = '" ~ segmentation.run_id() ~ "'"
    ).rows | list -%}
    {%- if not found -%}{{ return(none) }}{%- endif -%}
    {{ return({
        'number': found[0][0],
        'previous_as_of_date': found[0][1],
        'is_continued': found[0][2],
    }) }}
{% endmacro %}


{% macro run_to_continue() %}
    {#- The open run if the model at hand takes its rows from before, else none. -#}
    {%- if not execute or model.resource_type != 'model' or flags.FULL_REFRESH
        or load_relation(this) is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set run = segmentation.open_run_row() -%}
    {{ return(run if run and run.is_continued else none) }}
{% endmacro %}


{% macro run_number() %}
    {#- Of this build; 1 before there is any record of builds. -#}
    {%- set run = segmentation.open_run_row() -%}
    {{ return(run.number if run else 1) }}
{% endmacro %}


{% macro batches_to_read(entity, run) %}
    {#- What is to be read of each source of an entity. -#}
    {%- set found = run_query(
        "select source_system, read_after, skip_before from "
        ~ segmentation.state_relation('batches') ~ " where run_number = " ~ run.number
        ~ " and entity = '" ~ entity ~ "'"
    ).rows -%}
    {%- set batches = {} -%}
    {%- for source_system, read_after, skip_before in found -%}
        {%- do batches.update({source_system: {
            'read_after': read_after, 'skip_before': skip_before
        }}) -%}
    {%- endfor -%}
    {{ return(batches) }}
{% endmacro %}


{% macro only_new(batch) %}
    {#- Every build reads rows without a load time; where there are none, the engine can
        skip what loaded_order says was loaded long ago. -#}
    {%- if batch and batch.read_after is not none -%}
    {%- set loaded_at = segmentation.try_cast_to('delivered.loaded_at', 'timestamp') -%}
    {%- set is_new = loaded_at ~ ' > ' ~ segmentation.timestamp_literal(batch.read_after)
    %}
        where
        {%- if batch.skip_before is not none %}
            delivered.loaded_order >= {{ segmentation.rule_literal(batch.skip_before) }}
            and {{ is_new }}
        {%- else %}
            {{ is_new }}
            or {{ loaded_at }} is null
        {%- endif %}
    {%- endif -%}
{% endmacro %}


{% macro only_touched(alias, run) %}
    {#- Joins a relation with what the state model at hand computes anew; nothing in a
        build that reads everything. -#}
    {%- set settings = model.config.meta -%}
    {%- if run -%}
    inner join {{ ref(settings.touched) }} as touched
        on
            {%- for column in settings.state_key %}
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


{% macro state_config(schema, touched, state_key=['source_system', 'source_customer_id']) %}
    {{ config(
        materialized='state',
        schema=segmentation.segmentation_schema(schema),
        meta={'touched': touched, 'state_key': state_key}
    ) }}
    {#- A unit test gives no rows for what it never reads. -#}
    {%- if not execute -%}{%- do ref(touched) -%}{%- endif -%}
{% endmacro %}


{% macro selects_state() %}
    {%- if flags.WHICH not in ('build', 'run') -%}{{ return(false) }}{%- endif -%}
    {%- for node in segmentation.state_nodes() if node.unique_id in selected_resources -%}
        {{ return(true) }}
    {%- endfor -%}
    {{ return(false) }}
{% endmacro %}


{% macro state_relation(name) %}
    {%- set node = graph.nodes['model.segmentation.int_input__' ~ name] -%}
    {{ return(load_relation(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias
    ))) }}
{% endmacro %}


{% macro timestamp_literal(moment) %}
    {%- if moment is none -%}{{ return('cast(null as timestamp)') }}{%- endif -%}
    {{ return("cast('" ~ moment.strftime('%Y-%m-%d %H:%M:%S.%f') ~ "' as timestamp)") }}
{% endmacro %}


{% macro date_literal(day) %}
    {%- if day is none -%}{{ return('cast(null as date)') }}{%- endif -%}
    {{ return("cast('" ~ day ~ "' as date)") }}
{% endmacro %}


{% macro text_literal(text) %}
    {{ return(
        'cast(' ~ ('null' if text is none else segmentation.rule_literal(text)) ~ ' as '
        ~ dbt.type_string() ~ ')'
    ) }}
{% endmacro %}

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

{% macro rows_to_test(relation) %}
    {#-
        What a test looks at: in a build that goes on, of a staging view the rows that
        were delivered since the last one, as it reads the raw table with each. All else
        was tested when it came.
    -#}
    {%- set parts = (relation.identifier or '').split('__') -%}
    {%- if not execute or parts | length != 2 or not parts[0].startswith('stg_') -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set before = segmentation.batches_before().get((parts[1], parts[0][4:])) -%}
    {%- if not before or before.skip is none -%}{{ return(relation) }}{%- endif -%}
    {{ return(
        '(select * from ' ~ relation ~ ' where loaded_order >= '
        ~ segmentation.rule_literal(before.skip) ~ ') as delivered'
    ) }}
{% endmacro %}


{% macro only_changed_keys(relation) %}
    {#-
        Condition of a test for unique keys: in a build that goes on, two rows of one key
        can only come of a row that was written or came into sight with this build.
        Nothing for relations that are neither input of an entity nor keep state.
    -#}
    {%- set name = relation.identifier or '' -%}
    {%- set node = graph.nodes.get('model.segmentation.' ~ name) if execute else none -%}
    {%- set entity = name.split('input__')[-1] -%}
    {%- set is_input = name == 'input__' ~ entity and entity in segmentation.entity_names()
    -%}
    {%- set touched = node.config.meta.get('touched')
        if node and node.config.materialized == 'state' else none -%}
    {%- set run = segmentation.open_run_row() if is_input or touched else none -%}
    {%- if not run or not run.is_continued -%}
        {{ return('') }}
    {%- endif -%}
    {%- set contract = segmentation.entity_contract(entity) if is_input else none -%}
    {%- set keys = (contract.joined_key if is_input else node.config.meta.state_key)
        | join(', ') -%}
    where ({{ keys }}) in (
        select {{ keys }}
        {%- if is_input %}
        from {{ segmentation.state_relation(entity) }}
        where {{ segmentation.is_touched(contract, run) }}
        {%- else %}
        from {{ graph.nodes['model.segmentation.' ~ touched].relation_name }}
        {%- endif %}
    )
{% endmacro %}

{% macro rows_to_test(relation) %}
    {#-
        What a test of values looks at, in a build that goes on: of a staging view the
        rows that were delivered since the last one, as it reads the raw table with each,
        and of a table with state, or a view of it, the rows that were computed anew. All
        else was tested when it came.
    -#}
    {%- set name = relation.identifier or '' -%}
    {%- set parts = name.split('__') -%}
    {%- if not execute -%}{{ return(relation) }}{%- endif -%}
    {%- if parts | length == 2 and parts[0].startswith('stg_') -%}
        {%- set before = segmentation.batches_before().get((parts[1], parts[0][4:])) -%}
        {%- if not before or before.skip is none -%}{{ return(relation) }}{%- endif -%}
        {{ return(
            '(select * from ' ~ relation ~ ' where loaded_order >= '
            ~ segmentation.rule_literal(before.skip) ~ ') as delivered'
        ) }}
    {%- endif -%}
    {%- set meta = segmentation.meta_of_touched(name) -%}
    {#- What a wider model writes is listed nowhere; a pair has two ends to look for. -#}
    {%- if not meta.touched or meta.is_wider or meta.state_ends -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set only = segmentation.only_changed_keys(relation) -%}
    {{ return('(select * from ' ~ relation ~ ' ' ~ only ~ ') as anew' if only
        else relation) }}
{% endmacro %}


{% macro meta_of_touched(name) %}
    {#- Of the model of a name that says what of it is computed anew; else empty. -#}
    {%- set node = graph.nodes.get('model.segmentation.' ~ name) if execute else none -%}
    {{ return(node.config.meta if node and 'touched' in node.config.meta else {}) }}
{% endmacro %}


{% macro only_changed_keys(relation) %}
    {#-
        Condition of a test for unique keys: in a build that goes on, two rows of one key
        can only come of a row that was written or came into sight with this build.
        Nothing for relations that are neither input of an entity nor show what is
        computed anew.
    -#}
    {%- set name = relation.identifier or '' -%}
    {%- set entity = name.split('input__')[-1] -%}
    {%- set is_input = name == 'input__' ~ entity and entity in segmentation.entity_names()
    -%}
    {%- set meta = segmentation.meta_of_touched(name) -%}
    {%- set run = segmentation.open_run_row() if is_input or meta.touched else none -%}
    {%- if not run or not run.is_continued -%}
        {{ return('') }}
    {%- endif -%}
    {%- set contract = segmentation.entity_contract(entity) if is_input else none -%}
    {%- set keys = (contract.joined_key if is_input else meta.touched_key)
        | join(', ') -%}
    where ({{ keys }}) in (
        select {{ keys }}
        {%- if is_input %}
        from {{ segmentation.state_relation(entity) }}
        where {{ segmentation.is_touched(contract, run) }}
        {%- else %}
        from {{ graph.nodes['model.segmentation.' ~ meta.touched].relation_name }}
        {%- endif %}
    )
{% endmacro %}

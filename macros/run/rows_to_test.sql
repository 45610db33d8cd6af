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
        Nothing for relations other than the input of an entity.
    -#}
    {%- set entity = (relation.identifier or '').split('input__')[-1] -%}
    {%- set run = segmentation.open_run_row() -%}
    {%- if not run or not run.is_continued or relation.identifier != 'input__' ~ entity
        or entity not in segmentation.entity_names() -%}
        {{ return('') }}
    {%- endif -%}
    {%- set contract = segmentation.entity_contract(entity) -%}
    {%- set keys = contract.joined_key | join(', ') -%}
    where ({{ keys }}) in (
        select {{ keys }}
        from {{ segmentation.state_relation(entity) }}
        where {{ segmentation.is_touched(contract, run) }}
    )
{% endmacro %}

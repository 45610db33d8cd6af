{% macro close_run() %}
    {#- After the last model: the run is whole if every model that keeps state passed. -#}
    {%- if not execute or not segmentation.selects_state() or segmentation.is_sample()
        or segmentation.state_relation('runs') is none -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set passed = [] -%}
    {%- for result in results if result.status | string == 'success' -%}
        {%- do passed.append(result.node.unique_id) -%}
    {%- endfor -%}
    {%- for node in segmentation.state_nodes() if node.unique_id not in passed -%}
        {{ return('select 1') }}
    {%- endfor -%}
    {%- set runs = segmentation.state_relation('runs') -%}
    {%- set batches = segmentation.state_relation('batches') -%}
    {%- set run = segmentation.open_run_row() -%}
    {%- set number = run.number if run else 1 -%}
    {%- set statements = [] -%}
    {%- if not run -%}
        {#- The first build could not be entered before these tables were there. -#}
        {%- set opened -%}
            insert into {{ runs }} (
                run_number, run_id, as_of_date, previous_as_of_date, settings_hash,
                is_continued, is_complete
            )
            values (
                1, '{{ segmentation.run_id() }}', {{ segmentation.as_of_date() }}, null,
                '{{ segmentation.state_settings_hash() }}', false, false
            )
        {%- endset -%}
        {%- do statements.extend(
            ["delete from " ~ runs, "delete from " ~ batches, opened]
        ) -%}
    {%- endif -%}
    {%- set closed = [] -%}
    {%- for entity in segmentation.entity_names() if segmentation.entity_sources(entity) -%}
        {%- do closed.append(segmentation.closed_batches(entity, batches, number)) -%}
    {%- endfor -%}
    {%- if closed -%}
        {#- Under a number of their own until those they are made of are gone; a kill
            may have left some. -#}
        {%- do statements.extend([
            "delete from " ~ batches ~ " where run_number = -" ~ number,
            segmentation.insert_by_name(
                batches, '(' ~ closed | join(' union all ') ~ ')'
            ),
            "delete from " ~ batches ~ " where run_number = " ~ number,
            "update " ~ batches ~ " set run_number = " ~ number
                ~ " where run_number = -" ~ number,
        ]) -%}
    {%- endif -%}
    {{ return(segmentation.in_turn(statements + [
        "update " ~ runs ~ " set is_complete = true where run_number = " ~ number,
        "select 1",
    ])) }}
{% endmacro %}


{% macro closed_batches(entity, batches, number) %}
    {#- What the state holds of each source now, beside what it was read on from; of one
        whose raw tables were counted when the build began, what they held. -#}
    {%- set relation = segmentation.state_relation(entity) -%}
    select
        cast(-{{ number }} as bigint) as run_number,
        cast('{{ entity }}' as {{ dbt.type_string() }}) as entity,
        delivered.source_system,
        opened.read_after,
        opened.skip_before,
        opened.last_order,
        {%- for column, held in {
            'read_through': 'ends.read_through',
            'row_count': 'count(delivered.loaded_at)',
            'last_count':
                'count(case when delivered.loaded_at = ends.read_through then 1 end)',
        }.items() %}
        coalesce(
            case when count(*) = count(delivered.loaded_at) then opened.{{ column }} end,
            {{ held }}
        ) as {{ column }},
        {%- endfor %}
        count(*) - count(delivered.loaded_at) as undated_count
    from {{ relation }} as delivered
    inner join (
        select source_system, max(loaded_at) as read_through
        from {{ relation }}
        group by source_system
    ) as ends
        on delivered.source_system = ends.source_system
    left join {{ batches }} as opened
        on
            opened.run_number = {{ number }}
            and opened.entity = '{{ entity }}'
            and delivered.source_system = opened.source_system
    group by
        delivered.source_system, opened.read_after, opened.skip_before, opened.last_order,
        opened.read_through, opened.row_count, opened.last_count, ends.read_through
{% endmacro %}

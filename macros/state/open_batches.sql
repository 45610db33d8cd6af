{% macro delivered_counts(entity, source_system, relation, before) %}
    {#-
        Rows with a load time, those after what was read, those at its end, those without
        one, and the end by loaded_order, by which the engine skips what was read. Where
        nothing was read before, only the last matters.
    -#}
    {%- set loaded_at = segmentation.try_cast_to('delivered.loaded_at', 'timestamp') -%}
    {%- set through = segmentation.timestamp_literal(before.through if before else none)
    -%}
    {%- set skips = before and before.skip is not none -%}
    {%- set none_yet = 'cast(null as bigint)' -%}
    select
        cast('{{ entity }}' as {{ dbt.type_string() }}) as entity,
        cast('{{ source_system }}' as {{ dbt.type_string() }}) as source_system,
        {%- if not before %}
        {{ none_yet }} as row_count,
        {{ none_yet }} as new_count,
        {{ none_yet }} as last_count,
        {{ none_yet }} as undated_count,
        {%- else %}
        {{ '(select count(*) from ' ~ relation ~ ')' if skips
            else 'count(' ~ loaded_at ~ ')' }} as row_count,
        count(case when {{ loaded_at }} > {{ through }} then 1 end) as new_count,
        count(case when {{ loaded_at }} = {{ through }} then 1 end) as last_count,
        {{ '0' if skips else 'count(*) - count(' ~ loaded_at ~ ')' }} as undated_count,
        {%- endif %}
        cast(max(loaded_order) as {{ dbt.type_string() }}) as last_order
    from {{ relation }} as delivered
    {%- if skips %}
    where loaded_order >= {{ segmentation.rule_literal(before.skip) }}
    {%- endif %}
{% endmacro %}


{% macro batches_before() %}
    {#- What the run that this one may go on from read, by entity and source. -#}
    {%- set run = segmentation.open_run_row() -%}
    {%- set before = {} -%}
    {%- if run and run.previous_as_of_date is not none -%}
        {%- for entity, source_system, through, count, last, undated, last_order in
            run_query(
                "select entity, source_system, read_through, row_count, last_count, "
                ~ "undated_count, last_order from "
                ~ segmentation.state_relation('batches')
                ~ " where run_number = " ~ (run.number - 1)
            ).rows -%}
            {%- do before.update({(entity, source_system): {
                'through': through, 'count': count, 'last': last, 'undated': undated,
                'skip': last_order if not undated else none
            }}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(before) }}
{% endmacro %}


{% macro open_batches() %}
    {#-
        Once deliveries are counted: from where each source is read, and whether the
        build goes on. Not when rows have come or gone that were loaded before, which
        only reading everything can mend.
    -#}
    {%- set run = segmentation.open_run_row() -%}
    {%- if not run -%}{{ return('select 1') }}{%- endif -%}
    {%- set before = segmentation.batches_before() -%}
    {%- set batches = segmentation.state_relation('batches') -%}
    {%- set moved = [] -%}
    {%- for entity, source_system, count, new, last, undated, last_order in run_query(
        "select entity, source_system, row_count, new_count, last_count, undated_count, "
        ~ "last_order from " ~ this
    ).rows -%}
        {%- set known = before.get((entity, source_system)) -%}
        {%- set through = known.through if known else none -%}
        {%- set grown = last - known.last if through is not none else 0 -%}
        {#- Without load times so far, all its rows are read. -#}
        {%- if through is not none and (count - new - grown != known.count or grown < 0)
            or known and known.undated and not undated -%}
            {%- do moved.append(entity ~ ' of ' ~ source_system) -%}
        {%- endif -%}
        {%- set read_after = through - modules.datetime.timedelta(microseconds=1)
            if grown else through %}
    insert into {{ batches }} (
        run_number, entity, source_system, read_after, skip_before, last_order
    )
    values (
        {{ run.number }}, '{{ entity }}', '{{ source_system }}',
        {{ segmentation.timestamp_literal(read_after) }},
        {{ segmentation.text_literal(known.skip if known else none) }},
        {{ segmentation.text_literal(last_order) }}
    );
    {%- endfor -%}
    {%- if moved -%}
        {%- do log(
            'reading every row again: rows loaded before the last build have come or '
            ~ 'gone in ' ~ moved | join(', '), info=true
        ) -%}
    {%- endif %}
    update {{ segmentation.state_relation('runs') }}
    set is_continued = {{ run.previous_as_of_date is not none and not moved }}
    where run_number = {{ run.number }};
    select 1
{% endmacro %}

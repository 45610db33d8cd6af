{% macro delivered_counts(entity, source_system, relation, before, tables) %}
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
        {{ segmentation.rows_skipped(tables, before.skip) ~ ' + count(' ~ loaded_at ~ ')'
            if skips and tables
            else '(select count(*) from ' ~ relation ~ ')' if skips
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


{% macro rows_skipped(tables, skip) %}
    {#- Rows of raw tables that lie before loaded_order, without a look at them. -#}
    {%- set counts = [] -%}
    {%- for table in tables -%}
        {%- do counts.append(
            '(select count(*) from ' ~ table.relation ~ ') - (select count(*) from '
            ~ table.relation ~ ' where ' ~ table.loaded_order ~ ' >= '
            ~ segmentation.rule_literal(skip) ~ ')'
        ) -%}
    {%- endfor -%}
    {{ return(counts | join(' + ')) }}
{% endmacro %}


{% macro order_to_skip_to(last_order) %}
    {#- Times with their offset stand in the order of wall time, which is off by less
        than two days. -#}
    {%- set zoned = modules.re.match(
        '([0-9]{4}-[0-9]{2}-[0-9]{2})[T ].*(Z|[-+][0-9]{2}:?[0-9]{2})$', last_order or ''
    ) -%}
    {%- if not zoned -%}{{ return(last_order) }}{%- endif -%}
    {%- set day = modules.datetime.datetime.strptime(zoned.group(1), '%Y-%m-%d').date() -%}
    {{ return((day - modules.datetime.timedelta(days=2)).isoformat()) }}
{% endmacro %}


{% macro counted_tables() %}
    {#- By staging model the raw tables that it reads, where each of them says in which
        column it grows: a view that filters or joins them would be computed whole for
        the count of its rows. -#}
    {%- set found = {} -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.name.startswith('stg_') -%}
        {%- set tables = [] -%}
        {%- for unique_id in node.depends_on.nodes if unique_id in graph.sources -%}
            {%- set source = graph.sources[unique_id] -%}
            {%- if source.config.meta.get('loaded_order') -%}
                {%- do tables.append({
                    'relation': source.relation_name,
                    'loaded_order': source.config.meta.loaded_order,
                }) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do found.update({
            node.name:
                tables if tables | length == node.depends_on.nodes | length else []
        }) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{% macro counts_at_opening(entity, source_system, relation, last_order, tables) %}
    {#- What closed_batches would count, of raw tables and before they are read: what is
        loaded in the meantime is new to the next build. -#}
    {%- set skip = segmentation.order_to_skip_to(last_order) -%}
    {%- set loaded_at = segmentation.try_cast_to('delivered.loaded_at', 'timestamp') -%}
    select
        '{{ entity }}' as entity,
        '{{ source_system }}' as source_system,
        {{ segmentation.rows_skipped(tables, skip) }} + count(loaded_at) as row_count,
        max(loaded_at) as read_through,
        count(case when loaded_at = latest then 1 end) as last_count
    from (
        select
            {{ loaded_at }} as loaded_at,
            max({{ loaded_at }}) over () as latest
        from {{ relation }} as delivered
        where delivered.loaded_order >= {{ segmentation.rule_literal(skip) }}
    ) as dated
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
                'skip':
                    segmentation.order_to_skip_to(last_order) if not undated else none
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
    {%- set moved, rows, statements = [], [], [] -%}
    {%- set delivered = run_query(
        "select entity, source_system, row_count, new_count, last_count, undated_count, "
        ~ "last_order from " ~ this
    ).rows -%}
    {%- set opening = segmentation.openings(delivered) -%}
    {%- for entity, source_system, count, new, last, undated, last_order in delivered -%}
        {%- set known = before.get((entity, source_system)) -%}
        {%- set through = known.through if known else none -%}
        {%- set grown = last - known.last if through is not none else 0 -%}
        {%- set has_moved = through is not none
            and (count - new - grown != known.count or grown < 0) -%}
        {%- set erased = segmentation.erased_rows(entity, source_system, through)
            if has_moved else none -%}
        {%- set grown_since = last - known.last + erased.last if erased else grown -%}
        {%- if erased and grown_since >= 0
            and count - new - grown_since == known.count - erased.total -%}
            {%- do statements.extend(segmentation.forget_erased_rows(
                entity, source_system, erased, run
            )) -%}
            {%- set grown, has_moved = grown_since, false -%}
        {%- endif -%}
        {#- Without load times so far, all its rows are read. -#}
        {%- if has_moved or known and known.undated and not undated -%}
            {%- do moved.append(entity ~ ' of ' ~ source_system) -%}
        {%- endif -%}
        {%- set read_after = through - modules.datetime.timedelta(microseconds=1)
            if grown else through -%}
        {%- set opened = opening.get((entity, source_system), {}) -%}
        {%- set row -%}
            (
                {{ run.number }}, '{{ entity }}', '{{ source_system }}',
                {{ segmentation.timestamp_literal(read_after) }},
                {{ segmentation.text_literal(known.skip if known else none) }},
                {{ segmentation.text_literal(last_order) }},
                {{ segmentation.timestamp_literal(opened.get('through')) }},
                {{ opened.get('count', 'null') }},
                {{ opened.get('last', 'null') }},
                null
            )
        {%- endset -%}
        {%- do rows.append(row) -%}
    {%- endfor -%}
    {%- if rows -%}
        {%- do statements.append(
            "insert into " ~ batches ~ " (run_number, entity, source_system, read_after, "
            ~ "skip_before, last_order, read_through, row_count, last_count, undated_count) "
            ~ "values "
            ~ rows | join(', ')
        ) -%}
    {%- endif -%}
    {%- if moved -%}
        {%- do log(
            'reading every row again: rows loaded before the last build have come or '
            ~ 'gone in ' ~ moved | join(', '), info=true
        ) -%}
    {%- endif -%}
    {%- set is_continued = run.previous_as_of_date is not none and not moved -%}
    {{ return(segmentation.in_turn(statements + [
        "update " ~ segmentation.state_relation('runs') ~ " set is_continued = "
            ~ is_continued ~ " where run_number = " ~ run.number,
        "select 1",
    ])) }}
{% endmacro %}


{% macro erased_rows(entity, source_system, through) %}
    {#- How many dated rows of a source stay of erased people, and how many of them have
        the last load time; none where none do. -#}
    {%- if not segmentation.has_tombstones() -%}{{ return(none) }}{%- endif -%}
    {%- set row = run_query(
        "select count(*), count(case when loaded_at = "
        ~ segmentation.timestamp_literal(through) ~ " then 1 end) from "
        ~ segmentation.state_relation(entity)
        ~ " where row_outcome = 'erased' and loaded_at is not null and source_system = '"
        ~ source_system ~ "'"
    ).rows[0] -%}
    {{ return({'total': row[0], 'last': row[1]} if row[0] else none) }}
{% endmacro %}


{% macro forget_erased_rows(entity, source_system, erased, run) %}
    {#- The source has deleted exactly the rows of erased people: nobody is touched. -#}
    {%- set of_source = "source_system = '" ~ source_system ~ "'" -%}
    {{ return([
        'delete from ' ~ segmentation.state_relation(entity)
            ~ " where row_outcome = 'erased' and loaded_at is not null and "
            ~ of_source,
        'delete from ' ~ segmentation.state_relation('delivered_days')
            ~ " where row_outcome = 'erased' and "
            ~ "loaded_date > cast('1900-01-01' as date) and entity = '" ~ entity
            ~ "' and " ~ of_source,
        'update ' ~ segmentation.state_relation('batches')
            ~ ' set row_count = row_count - ' ~ erased.total
            ~ ', last_count = last_count - ' ~ erased.last
            ~ ' where run_number = ' ~ (run.number - 1) ~ " and entity = '" ~ entity
            ~ "' and " ~ of_source,
    ]) }}
{% endmacro %}


{% macro openings(delivered) %}
    {#- counts_at_opening by entity and source; only of those that are counted so. -#}
    {%- set tables = segmentation.counted_tables() -%}
    {%- set queries = [] -%}
    {%- for entity, source_system, count, new, last, undated, last_order in delivered -%}
        {%- set staging = 'stg_' ~ source_system ~ '__' ~ entity -%}
        {%- if tables.get(staging) and last_order is not none -%}
            {%- do queries.append(segmentation.counts_at_opening(
                entity, source_system, ref(staging), last_order, tables[staging]
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set opening = {} -%}
    {%- for entity, source_system, count, through, last in
        (run_query(queries | join(' union all ')).rows if queries else []) -%}
        {%- do opening.update({(entity, source_system): {
            'count': count, 'through': through, 'last': last
        }}) -%}
    {%- endfor -%}
    {{ return(opening) }}
{% endmacro %}

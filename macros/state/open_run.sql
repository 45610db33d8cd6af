{% macro open_run() %}
    {#-
        Before the first model: whether this build goes on from what earlier ones have
        read, and from which delivery of each source. A build that goes on takes the
        number after the last whole one; after a kill it takes the same number again
        and repeats what was left half done.
    -#}
    {%- if not execute or not segmentation.selects_state()
        or segmentation.state_relation('runs') is none -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set runs = segmentation.state_relation('runs') -%}
    {%- set batches = segmentation.state_relation('batches') -%}
    {%- set settings_hash = segmentation.state_settings_hash() -%}
    {%- set basis = segmentation.basis_of_state(runs, batches, settings_hash) -%}
    {%- set number = basis.number + 1 if basis.is_valid else basis.last_number + 1 -%}
    delete from {{ runs }} where run_number >= {{ number }};
    delete from {{ batches }} where run_number >= {{ number }};
    delete from {{ segmentation.state_relation('lost_records') }}
    where run_number <> {{ number }};
    {%- for source in basis.sources or segmentation.sources_to_read() %}
    insert into {{ batches }} (
        run_number, entity, source_system, read_after, skip_before, last_order
    )
    values (
        {{ number }}, '{{ source.entity }}', '{{ source.source_system }}',
        {{ segmentation.timestamp_literal(source.read_after) }},
        {{ segmentation.text_literal(source.skip_before) }},
        {{ segmentation.text_literal(source.last_order) }}
    );
    {%- endfor %}
    insert into {{ runs }} (
        run_number, run_id, as_of_date, previous_as_of_date, settings_hash,
        is_continued, is_complete
    )
    values (
        {{ number }}, '{{ segmentation.run_id() }}', {{ segmentation.as_of_date() }},
        {{ segmentation.date_literal(basis.as_of_date) }}, '{{ settings_hash }}',
        {{ basis.is_valid }}, false
    );
    select 1
{% endmacro %}


{% macro basis_of_state(runs, batches, settings_hash) %}
    {#- The last whole run, if nothing but deliveries and the date has changed since. -#}
    {%- set found = run_query(
        "select run_number, as_of_date, settings_hash, is_continued, is_complete from "
        ~ runs ~ " order by run_number desc"
    ).rows | list -%}
    {%- set basis = namespace(
        last_number=found[0][0] if found else 0, number=0, as_of_date=none, sources=[],
        is_valid=false
    ) -%}
    {#- A run that read everything and did not end leaves tables of two kinds. -#}
    {%- set whole = [] -%}
    {%- set state = namespace(is_mixed=false) -%}
    {%- for row in found if not whole -%}
        {%- if row[2] != settings_hash or not (row[4] or row[3]) -%}
            {%- set state.is_mixed = true -%}
        {%- endif -%}
        {%- if row[4] -%}{%- do whole.append(row) -%}{%- endif -%}
    {%- endfor -%}
    {%- if flags.FULL_REFRESH or segmentation.is_sample() or state.is_mixed or not whole
        or segmentation.setting('known_at') is not none
        or whole[0][1] | string > segmentation.as_of_value() -%}
        {{ return(basis) }}
    {%- endif -%}
    {%- set sources = segmentation.sources_to_read_on(batches, whole[0][0]) -%}
    {%- if sources is not none -%}
        {%- set basis.number = whole[0][0] -%}
        {%- set basis.as_of_date = whole[0][1] -%}
        {%- set basis.sources = sources -%}
        {%- set basis.is_valid = true -%}
    {%- endif -%}
    {{ return(basis) }}
{% endmacro %}


{% macro sources_to_read() %}
    {#- All rows of every source, and where each ends by its loaded_order. -#}
    {%- set ends = [] -%}
    {%- for entity, source_system, relation in segmentation.staged_sources()
        if load_relation(relation) is not none -%}
        {%- do ends.append(
            "select '" ~ entity ~ "' as entity, '" ~ source_system
            ~ "' as source_system, cast(max(loaded_order) as " ~ dbt.type_string()
            ~ ") as last_order from " ~ relation
        ) -%}
    {%- endfor -%}
    {%- set sources = [] -%}
    {%- for entity, source_system, last_order in
        run_query(ends | join(' union all ')).rows if ends -%}
        {%- do sources.append({
            'entity': entity, 'source_system': source_system, 'read_after': none,
            'skip_before': none, 'last_order': last_order
        }) -%}
    {%- endfor -%}
    {{ return(sources) }}
{% endmacro %}


{% macro sources_to_read_on(batches, run_number) %}
    {#-
        From where to read each source on. None when rows have come or gone that were
        loaded before, which only reading everything can mend.
    -#}
    {%- set before = {} -%}
    {%- for entity, source_system, through, count, last, undated, last_order in run_query(
        "select entity, source_system, read_through, row_count, last_count, "
        ~ "undated_count, last_order from " ~ batches ~ " where run_number = " ~ run_number
    ).rows -%}
        {%- do before.update({(entity, source_system): {
            'through': through, 'count': count, 'last': last, 'undated': undated,
            'skip': last_order if not undated else none
        }}) -%}
    {%- endfor -%}
    {%- set counts = [] -%}
    {%- for entity, source_system, relation in segmentation.staged_sources() -%}
        {%- do counts.append(segmentation.count_delivered(
            entity, source_system, relation, before.get((entity, source_system))
        )) -%}
    {%- endfor -%}
    {%- if not counts -%}{{ return([]) }}{%- endif -%}
    {%- set sources = [] -%}
    {%- set moved = [] -%}
    {%- for entity, source_system, count, new, last, undated, last_order in
        run_query(counts | join(' union all ')).rows -%}
        {%- set known = before.get((entity, source_system)) -%}
        {%- set through = known.through if known else none -%}
        {%- set grown = last - known.last if through is not none else 0 -%}
        {#- Without load times so far, all its rows are read. -#}
        {%- if through is not none and (count - new - grown != known.count or grown < 0)
            or known and known.undated and not undated -%}
            {%- do moved.append(entity ~ ' of ' ~ source_system) -%}
        {%- endif -%}
        {%- do sources.append({
            'entity': entity,
            'source_system': source_system,
            'read_after': through - modules.datetime.timedelta(microseconds=1)
                if grown else through,
            'skip_before': known.skip if known else none,
            'last_order': last_order,
        }) -%}
    {%- endfor -%}
    {%- if moved -%}
        {%- do log(
            'reading every row again: rows loaded before the last build have come or '
            ~ 'gone in ' ~ moved | join(', '), info=true
        ) -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(sources) }}
{% endmacro %}


{% macro count_delivered(entity, source_system, relation, before) %}
    {#- Rows with a load time, those after what was read, those at its end, those without
        one, and the end by loaded_order, by which the engine skips what was read. -#}
    {%- set loaded_at = segmentation.try_cast_to('delivered.loaded_at', 'timestamp') -%}
    {%- set through = segmentation.timestamp_literal(before.through if before else none)
    -%}
    {%- set skips = before and before.skip is not none -%}
    {%- set total = '(select count(*) from ' ~ relation ~ ')' -%}
    select
        '{{ entity }}' as entity,
        '{{ source_system }}' as source_system,
        {{ total if skips else 'count(' ~ loaded_at ~ ')' }} as row_count,
        count(case when {{ loaded_at }} > {{ through }} then 1 end) as new_count,
        count(case when {{ loaded_at }} = {{ through }} then 1 end) as last_count,
        {{ '0' if skips else 'count(*) - count(' ~ loaded_at ~ ')' }} as undated_count,
        cast(max(loaded_order) as {{ dbt.type_string() }}) as last_order
    from {{ relation }} as delivered
    {%- if skips %}
    where loaded_order >= {{ segmentation.rule_literal(before.skip) }}
    {%- endif %}
{% endmacro %}


{% macro staged_sources() %}
    {#- Entity, source and staging view of every source in use. -#}
    {%- set relations = {} -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.name.startswith('stg_') -%}
        {%- do relations.update({node.name: api.Relation.create(
            database=node.database, schema=node.schema, identifier=node.alias
        )}) -%}
    {%- endfor -%}
    {%- set found = [] -%}
    {%- for entity in segmentation.entity_names() -%}
        {%- for source_system in segmentation.entity_sources(entity) -%}
            {%- do found.append((
                entity, source_system, relations['stg_' ~ source_system ~ '__' ~ entity]
            )) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

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
    {%- for source in basis.sources %}
    insert into {{ batches }} (run_number, entity, source_system, read_after)
    values (
        {{ number }}, '{{ source.entity }}', '{{ source.source_system }}',
        {{ segmentation.timestamp_literal(source.read_after) }}
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


{% macro sources_to_read_on(batches, run_number) %}
    {#-
        From where to read each source on. None when rows have come or gone that were
        loaded before, which only reading everything can mend.
    -#}
    {%- set counts = [] -%}
    {%- for entity, source_system, relation in segmentation.staged_sources() -%}
        {%- set loaded_at = segmentation.try_cast_to('delivered.loaded_at', 'timestamp')
        -%}
        {%- do counts.append(
            "select '" ~ entity ~ "' as entity, '" ~ source_system
            ~ "' as source_system, count(" ~ loaded_at ~ ") as row_count, count(case when "
            ~ loaded_at ~ " > batches.read_through then 1 end) as new_count, "
            ~ "count(case when " ~ loaded_at ~ " = batches.read_through then 1 end) "
            ~ "as last_count, count(*) - count(" ~ loaded_at ~ ") as undated_count from "
            ~ relation ~ " as delivered left join (select "
            ~ "read_through from " ~ batches ~ " where run_number = " ~ run_number
            ~ " and entity = '" ~ entity ~ "' and source_system = '" ~ source_system
            ~ "') as batches on 1 = 1"
        ) -%}
    {%- endfor -%}
    {%- if not counts -%}{{ return([]) }}{%- endif -%}
    {%- set found = run_query(
        "select counted.entity, counted.source_system, batches.read_through, "
        ~ "batches.row_count, batches.last_count, batches.undated_count, "
        ~ "counted.row_count, counted.new_count, counted.last_count, "
        ~ "counted.undated_count from (" ~ counts | join(' union all ') ~ ") as counted "
        ~ "left join " ~ batches ~ " as batches on batches.run_number = " ~ run_number
        ~ " and counted.entity = batches.entity "
        ~ "and counted.source_system = batches.source_system"
    ).rows -%}
    {%- set sources = [] -%}
    {%- set moved = [] -%}
    {%- for entity, source_system, through, count, last, undated, count_now, new, last_now,
        undated_now in found -%}
        {%- set grown = last_now - (last or 0) -%}
        {#- Without load times so far, all its rows are read. -#}
        {%- if through is not none and (count_now - new - grown != count or grown < 0)
            or undated and not undated_now -%}
            {%- do moved.append(entity ~ ' of ' ~ source_system) -%}
        {%- endif -%}
        {%- do sources.append({
            'entity': entity,
            'source_system': source_system,
            'read_after': through - modules.datetime.timedelta(microseconds=1)
                if through is not none and grown else through,
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

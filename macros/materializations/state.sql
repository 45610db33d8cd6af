{% materialization state, default %}
    {#-
        A table that later builds go on from. The first build fills it; one that goes on
        replaces the rows that its SQL computes anew, in one transaction. Its meta names
        in touched the model with the values of touched_key to replace; without it, or
        where the model is_wider, they are those that have the state_key of a new row. Of
        a pair each of its state_ends may have the value. An entity of input replaces
        what was delivered again too; a panel notes whose past it changes, and takes the
        rows of everybody else to its new dates. A build that is killed leaves the rows
        from before. What neither reads nor is replaced by its own rows needs no copy of
        them before they are inserted.
    -#}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set run = segmentation.run_to_continue() -%}

    {% if pre_hooks %}{{ run_hooks(pre_hooks) }}{% endif %}
    {% if run and existing_relation is not none %}
        {%- set tells_changes = config.get('meta', {}).get('tells_changes', false) -%}
        {%- set is_copied = tells_changes or segmentation.needs_own_rows(sql) -%}
        {%- set renewed = segmentation.scratch_table(target_relation, 'renewed', sql)
            if is_copied -%}
        {%- set entity = config.get('meta', {}).get('entity') -%}
        {%- set batches = segmentation.batches_to_read(entity, run) if entity else {} -%}
        {%- do segmentation.note_lost_records(target_relation, batches, run) -%}
        {%- if tells_changes -%}
            {%- do segmentation.note_changed_customers(target_relation, renewed, run) -%}
        {%- endif -%}
        {%- set carried = segmentation.carry_panel(target_relation)
            if 'panel_dates' in config.get('meta', {}) else [] -%}
        {%- for stale in segmentation.stale_rows(renewed, batches) -%}
            {%- call statement('stale') -%}
                delete from {{ target_relation }} as kept where {{ stale }}
            {%- endcall -%}
        {%- endfor -%}
        {%- for statement_of_panel in carried -%}
            {%- call statement('carry') -%}{{ statement_of_panel }}{%- endcall -%}
        {%- endfor -%}
        {% call statement('main') %}
            {{ segmentation.insert_by_name(
                target_relation, renewed if is_copied else '(' ~ sql ~ ')'
            ) }}
        {% endcall %}
        {%- if is_copied -%}{%- do adapter.drop_relation(renewed) -%}{%- endif -%}
    {% else %}
        {% if existing_relation is not none %}
            {% do drop_relation_if_exists(existing_relation) %}
        {% endif %}
        {% call statement('main') %}
            {{ create_table_as(false, target_relation, sql) }}
        {% endcall %}
        {% do create_indexes(target_relation) %}
    {% endif %}
    {{ return(segmentation.finished(target_relation)) }}
{% endmaterialization %}


{% macro needs_own_rows(sql) %}
    {#- Whether the SQL reads the table itself, or its rows say which ones they replace. -#}
    {%- set settings = config.get('meta', {}) -%}
    {{ return(
        'touched' not in settings
        or settings.get('is_wider', false)
        or this | string in sql
    ) }}
{% endmacro %}


{% macro stale_rows(renewed, batches) %}
    {#- Conditions on the rows called kept that the renewed rows replace. -#}
    {%- set settings = config.get('meta', {}) -%}
    {%- set entity = settings.get('entity') -%}
    {%- set stale = [segmentation.is_read_again('kept', batches)] if entity else [] -%}
    {%- set columns = segmentation.entity_contract(entity).joined_key if entity
        else settings['state_key'] -%}
    {%- if 'touched' in settings -%}
        {%- set touched = ref(settings['touched']) -%}
        {%- set key = settings.get('touched_key', columns) -%}
        {%- for end in settings.get('state_ends') or [none] -%}
            {%- do stale.append(
                segmentation.has_same_key(touched, key, [end] if end else key)
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if 'touched' not in settings or settings.get('is_wider') -%}
        {%- do stale.append(segmentation.has_same_key(renewed, columns, columns)) -%}
    {%- endif -%}
    {{ return(stale) }}
{% endmacro %}


{% macro has_same_key(keys, columns, kept_columns) %}
    exists (
        select 1 from {{ keys }} as renewed
        where
            {%- for column in columns %}
            {{ 'and ' if not loop.first }}kept.{{ kept_columns[loop.index0] }} = renewed.{{ column }}
            {%- endfor %}
    )
{% endmacro %}


{% macro note_lost_records(relation, batches, run) %}
    {#- A row that is read again may be gone, and its record must know of it. -#}
    {%- set entity = config.get('meta', {}).get('entity') -%}
    {%- if entity and 'source_customer_id' in
        segmentation.entity_contract(entity).columns | map(attribute='name') -%}
        {%- call statement('lost') -%}
            insert into {{ segmentation.state_relation('lost_records') }}
                (run_number, source_system, source_customer_id)
            select distinct
                {{ run.number }},
                kept.source_system,
                kept.source_customer_id
            from {{ relation }} as kept
            where {{ segmentation.is_read_again('kept', batches) }}
        {%- endcall -%}
    {%- endif -%}
{% endmacro %}


{% macro note_changed_customers(relation, renewed, run) %}
    {#- Compares what replaces the rows of touched customers with these rows, at dates
        that the panel held before and holds on. In the transaction that replaces them: a
        build that repeats a killed one finds no difference any more. -#}
    {%- set columns = adapter.get_columns_in_relation(relation)
        | map(attribute='quoted') | join(', ') -%}
    {%- set dates = ref(config.get('meta').panel_dates) -%}
    {%- set past = 'as_of_date in (select as_of_date from ' ~ dates
        ~ ' where as_of_date <= '
        ~ segmentation.date_literal(run.previous_as_of_date) ~ ')' -%}
    {%- set touched = 'customer_id in (select customer_id from '
        ~ ref(config.get('meta').touched) ~ ')' -%}
    {%- set new_rows = 'select ' ~ columns ~ ' from ' ~ renewed ~ ' where ' ~ past
        ~ ' and ' ~ touched -%}
    {%- set old_rows = 'select ' ~ columns ~ ' from ' ~ relation ~ ' where ' ~ past
        ~ ' and ' ~ touched -%}
    {%- call statement('changed') -%}
        insert into {{ segmentation.changed_customers() }} (run_number, customer_id)
        with arrived as (

            {{ new_rows }}
            except
            {{ old_rows }}

        ),

        departed as (

            {{ old_rows }}
            except
            {{ new_rows }}

        )

        select
            {{ run.number }},
            customer_id
        from arrived
        union distinct
        select
            {{ run.number }},
            customer_id
        from departed
    {%- endcall -%}
{% endmacro %}


{% macro changed_customers() %}
    {{ return(segmentation.relation_of(
        graph.nodes['model.segmentation.int_features__changed_customers']
    )) }}
{% endmacro %}


{% macro is_read_again(alias, batches) %}
    {#- Rows without a load time are read by every build. -#}
    (
        {{ alias }}.loaded_at is null
        {%- for source_system, batch in batches.items() %}
        or {{ alias }}.source_system = '{{ source_system }}'
        {%- if batch.read_after is not none %}
        and {{ alias }}.loaded_at > {{ segmentation.timestamp_literal(batch.read_after) }}
        {%- endif %}
        {%- endfor %}
    )
{% endmacro %}


{% macro insert_by_name(relation, rows) %}
    {{ return(adapter.dispatch('insert_by_name', 'segmentation')(relation, rows)) }}
{% endmacro %}


{% macro default__insert_by_name(relation, rows) %}
    {%- set columns = adapter.get_columns_in_relation(relation)
        | map(attribute='quoted') | join(', ') -%}
    insert into {{ relation }} ({{ columns }})
    select {{ columns }} from {{ rows }} as renewed
{% endmacro %}


{% macro duckdb__insert_by_name(relation, rows) %}
    insert into {{ relation }} by name select * from {{ rows }} as renewed
{% endmacro %}

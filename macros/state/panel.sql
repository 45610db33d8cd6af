{% macro panel_config(dates='features__as_of_dates') %}
    {{ segmentation.state_config(
        'internal',
        touched='int_features__touched_customers',
        state_key=['customer_id'],
        panel_dates=dates,
        tells_changes=true
    ) }}
{% endmacro %}


{% macro panel_row_config(schema) %}
    {{ segmentation.state_config(
        schema,
        touched='int_features__touched_rows',
        state_key=['customer_id', 'as_of_date'],
        panel_dates='features__as_of_dates'
    ) }}
{% endmacro %}


{% macro panel_score_config(dates='features__as_of_dates', tells_changes=true) %}
    {{ segmentation.state_config(
        'internal',
        touched='int_features__touched_customers',
        touched_key=['customer_id'],
        state_key=['customer_id', 'as_of_date'],
        is_wider=true,
        panel_dates=dates,
        tells_changes=tells_changes
    ) }}
{% endmacro %}


{% macro panel_view_config(schema) %}
    {{ config(
        materialized='view',
        schema=segmentation.segmentation_schema(schema),
        meta={
            'touched': 'int_features__touched_rows',
            'touched_key': ['customer_id', 'as_of_date'],
        }
    ) }}
{% endmacro %}


{% macro run_of_panel() %}
    {#- The open run if every table of the panel goes on, else none. -#}
    {%- set run = segmentation.open_run_row() -%}
    {%- if not run or not run.is_continued -%}{{ return(none) }}{%- endif -%}
    {%- for node in segmentation.state_nodes() if 'panel_dates' in node.config.meta
        and not node.config.meta.get('is_wider') -%}
        {%- if not segmentation.panel_goes_on(segmentation.relation_of(node), run) -%}
            {{ return(none) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(run) }}
{% endmacro %}


{% macro panel_goes_on(relation, run) %}
    {#- Whether it ends with the build before, or with this one where that was killed. -#}
    {%- set newest = segmentation.newest_date(relation) -%}
    {{ return(
        newest is none
        or newest | string
        in (run.previous_as_of_date | string, segmentation.as_of_value())
    ) }}
{% endmacro %}


{% macro newest_date(relation) %}
    {{ return(run_query('select max(as_of_date) from ' ~ relation).rows[0][0]) }}
{% endmacro %}


{% macro passes(date, run, days=0) %}
    {#- Whether so many days after a date lie between the build before and this one. -#}
    {%- set back = modules.datetime.timedelta(days=days) -%}
    {%- set before = modules.datetime.datetime.strptime(
        run.previous_as_of_date | string, '%Y-%m-%d'
    ) - back -%}
    {%- set as_of = modules.datetime.datetime.strptime(
        segmentation.as_of_value(), '%Y-%m-%d'
    ) - back -%}
    (
        {{ date }} > {{ segmentation.date_literal(before.date()) }}
        and {{ date }} <= {{ segmentation.date_literal(as_of.date()) }}
    )
{% endmacro %}


{% macro carry_panel(relation) %}
    {#-
        Statements for a panel without the rows of touched customers: everybody else has
        at a new date what they had at the newest one. Where a date belongs to the key
        the model computes these rows itself. Dates that are no longer of the panel leave
        it.
    -#}
    {%- set settings = config.get('meta') -%}
    {%- set dates = ref(settings['panel_dates']) -%}
    {%- set left -%}
        delete from {{ relation }}
        where as_of_date not in (select as_of_date from {{ dates }})
    {%- endset -%}
    {%- if 'as_of_date' in settings['state_key'] -%}{{ return([left]) }}{%- endif -%}
    {%- set newest = segmentation.date_literal(segmentation.newest_date(relation)) -%}
    {%- set names = adapter.get_columns_in_relation(relation) | map(attribute='name')
        | reject('equalto', 'as_of_date') | join(', ') -%}
    {%- set carried -%}
        insert into {{ relation }} ({{ names }}, as_of_date)
        select {{ names }}, dates.new_date
        from {{ relation }} as kept
        cross join (
            select as_of_date as new_date from {{ dates }} where as_of_date > {{ newest }}
        ) as dates
        where kept.as_of_date = {{ newest }}
    {%- endset -%}
    {{ return([carried, left]) }}
{% endmacro %}

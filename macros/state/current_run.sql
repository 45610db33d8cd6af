{% macro open_run_row() %}
    {#- The run that this invocation opened; none outside of builds and in unit tests. -#}
    {%- if not execute or flags.WHICH not in ('build', 'run') or 'nodes' not in graph -%}
        {{ return(none) }}
    {%- endif -%}
    {#- Every table with state asks; once it is decided whether the build goes on, the
        answer is kept with the graph, which all macros of an invocation share. -#}
    {%- set decided = graph.setdefault('segmentation_open_runs', {}) -%}
    {%- if segmentation.run_id() in decided -%}
        {{ return(decided[segmentation.run_id()]) }}
    {%- endif -%}
    {%- set runs = segmentation.state_relation('runs') -%}
    {%- if runs is none -%}{{ return(none) }}{%- endif -%}
    {%- set found = run_query(
        "select run_number, previous_as_of_date, is_continued from " ~ runs
        ~ " where run_id = '" ~ segmentation.run_id() ~ "'"
    ).rows | list -%}
    {%- if not found -%}{{ return(none) }}{%- endif -%}
    {%- set run = {
        'number': found[0][0],
        'previous_as_of_date': found[0][1],
        'is_continued': found[0][2],
    } -%}
    {%- if run.is_continued is not none -%}
        {%- do decided.update({segmentation.run_id(): run}) -%}
    {%- endif -%}
    {{ return(run) }}
{% endmacro %}


{% macro run_to_continue() %}
    {#- The open run if the model at hand takes its rows from before, else none. -#}
    {%- if not execute or model.resource_type != 'model' or flags.FULL_REFRESH
        or load_relation(this) is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set run = segmentation.open_run_row() -%}
    {%- if not run or not run.is_continued or 'panel_dates' in model.config.meta
        and not model.config.meta.get('is_wider')
        and not segmentation.panel_goes_on(this, run) -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(run) }}
{% endmacro %}


{% macro run_number() %}
    {#- Of this build; 1 before there is any record of builds. -#}
    {%- set run = segmentation.open_run_row() -%}
    {{ return(run.number if run else 1) }}
{% endmacro %}


{% macro selects_state() %}
    {%- if flags.WHICH not in ('build', 'run') -%}{{ return(false) }}{%- endif -%}
    {%- for node in segmentation.state_nodes() if node.unique_id in selected_resources -%}
        {{ return(true) }}
    {%- endfor -%}
    {{ return(false) }}
{% endmacro %}


{% macro state_relation(name) %}
    {{ return(segmentation.relation_of(
        graph.nodes['model.segmentation.int_input__' ~ name]
    )) }}
{% endmacro %}


{% macro relation_of(node) %}
    {{ return(load_relation(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias
    ))) }}
{% endmacro %}

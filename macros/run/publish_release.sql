{% macro publish_release() %}
    {{ return(adapter.dispatch('publish_release', 'segmentation')()) }}
{% endmacro %}


{% macro default__publish_release() %}
    {%- if execute and segmentation.ran_nodes() -%}
        {%- do log(
            'not published: the target is of type ' ~ target.type
            ~ '; only DuckDB and PostgreSQL targets publish in this version',
            info=true
        ) -%}
    {%- endif -%}
    select 1
{% endmacro %}


{% macro postgres__publish_release() %}
    {#- The server runs no Python: the command does what the function does on DuckDB. -#}
    {%- if execute and segmentation.ran_nodes() -%}
        {%- do log(
            'not published yet: run `segment publish --target ' ~ target.name
            ~ '`, which releases this build if its models and tests passed',
            info=true
        ) -%}
    {%- endif -%}
    select 1
{% endmacro %}


{% macro duckdb__publish_release() %}
    {#- The statement itself must fail: a compiler error would exit with 2 and hide
        the summary of the run. -#}
    {%- if execute and segmentation.ran_nodes() -%}
        {%- set payload = tojson(segmentation.release_payload()) -%}
        select segmentation_publish('{{ payload | replace("'", "''") }}')
    {%- else -%}
        select 1
    {%- endif -%}
{% endmacro %}


{% macro ran_nodes() %}
    {{ return(
        flags.WHICH in ['build', 'run', 'test', 'seed', 'snapshot', 'retry']
    ) }}
{% endmacro %}


{% macro release_payload() %}
    {#- The graph, what was selected and how it ended; Python decides what it means. -#}
    {%- set statuses = {} -%}
    {%- for result in results -%}
        {%- do statuses.update({result.node.unique_id: result.status | string}) -%}
    {%- endfor -%}
    {%- set nodes = [] -%}
    {%- set unit_tests = graph.get('unit_tests', {}) -%}
    {%- for node in graph.nodes.values() | list + unit_tests.values() | list
        if node.resource_type in ['model', 'seed', 'snapshot', 'test', 'unit_test']
    -%}
        {%- set meta = node.config.get('meta', {}) -%}
        {%- do nodes.append({
            'unique_id': node.unique_id,
            'resource_type': node.resource_type,
            'depends_on': node.depends_on.get('nodes', []),
            'attached_node': node.get('attached_node'),
            'materialized': node.config.get('materialized'),
            'severity': node.config.get('severity'),
            'serving': meta.get('serving'),
            'touched': meta.get('touched'),
            'touched_key': meta.get('touched_key'),
            'relation': [node.get('database'), node.get('schema'), node.get('alias')],
        }) -%}
    {%- endfor -%}
    {{ return({
        'run_id': segmentation.run_id(),
        'command': flags.WHICH,
        'as_of_date': segmentation.as_of_value(),
        'is_sample': segmentation.is_sample(),
        'nodes': nodes,
        'selected': selected_resources,
        'statuses': statuses,
    }) }}
{% endmacro %}

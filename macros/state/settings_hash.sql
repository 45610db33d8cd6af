{% macro state_settings_hash() %}
    {#-
        All that decides what the state holds except deliveries and the date: settings,
        the models and seeds it is made of, the columns of the entities, and the rules.
        Macros are not in the graph: a version stands for them. The first 32 characters
        are of what features are made of but seeds, the others of seeds, rules and the
        models of segments: `segment diff rules` takes features from the last build
        where the first ones are the same.
    -#}
    {%- set settings = {} -%}
    {%- for name in ['sources', 'passthrough', 'timezone', 'currency', 'known_at'] -%}
        {%- do settings.update({name: segmentation.setting(name)}) -%}
    {%- endfor -%}
    {%- set contracts = {} -%}
    {%- for entity in segmentation.entity_names() -%}
        {%- do contracts.update({entity: segmentation.entity_contract(entity)}) -%}
    {%- endfor -%}
    {%- set before_segments, others = {}, {} -%}
    {%- for unique_id, text in segmentation.parts_of_state().items() -%}
        {%- set is_other = unique_id.startswith('seed.')
            or modules.re.search('[.](int_)?segments__', unique_id) -%}
        {%- do (others if is_other else before_segments).update({unique_id: text}) -%}
    {%- endfor -%}
    {{ return(local_md5(tojson({
        'version': segmentation.state_version(),
        'dbt': dbt_version,
        'dataset': var('segmentation_dataset'),
        'exclude': var('segmentation_exclude'),
        'history_months': var('segmentation_history_months'),
        'settings': settings,
        'made_of': before_segments,
        'contracts': contracts,
    }, sort_keys=true)) ~ local_md5(tojson({
        'made_of': others,
        'definitions': segmentation.definitions_hash(),
    }, sort_keys=true))) }}
{% endmacro %}


{% macro parts_of_state() %}
    {#- Models that keep state, and every model, seed and raw table that they read. -#}
    {%- set found = {} -%}
    {%- set open = segmentation.state_nodes() | map(attribute='unique_id') | list -%}
    {#- The list grows while it is read, until nothing new is found. -#}
    {%- for unique_id in open if unique_id not in found -%}
        {%- if unique_id in graph.nodes -%}
            {%- set node = graph.nodes[unique_id] -%}
            {%- do found.update({unique_id: node.checksum.checksum}) -%}
            {%- do open.extend(node.depends_on.get('nodes', [])) -%}
        {%- elif unique_id in graph.sources -%}
            {%- set source = graph.sources[unique_id] -%}
            {%- do found.update({unique_id: source.schema ~ '.' ~ source.identifier}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{% macro state_nodes() %}
    {{ return(
        graph.nodes.values()
        | selectattr('resource_type', 'equalto', 'model')
        | selectattr('config.materialized', 'equalto', 'state')
        | list
    ) }}
{% endmacro %}


{% macro state_version() %}
    {#- Raise it with any change of a macro that alters what state models hold. -#}
    {{ return(6) }}
{% endmacro %}

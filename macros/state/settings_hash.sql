{% macro state_settings_hash() %}
    {#-
        All that decides what the state holds except deliveries and the date: settings,
        the models and seeds it is made of, and the columns of the entities. Macros are
        not in the graph: a version stands for them.
    -#}
    {%- set settings = {} -%}
    {%- for name in ['sources', 'passthrough', 'timezone', 'currency', 'known_at'] -%}
        {%- do settings.update({name: segmentation.setting(name)}) -%}
    {%- endfor -%}
    {%- set made_of = {} -%}
    {%- for node in segmentation.nodes_of_state() -%}
        {%- do made_of.update({node.unique_id: node.checksum.checksum}) -%}
    {%- endfor -%}
    {%- set contracts = {} -%}
    {%- for entity in segmentation.entity_names() -%}
        {%- do contracts.update({entity: segmentation.entity_contract(entity)}) -%}
    {%- endfor -%}
    {{ return(local_md5(tojson({
        'version': segmentation.state_version(),
        'dbt': dbt_version,
        'dataset': var('segmentation_dataset'),
        'exclude': var('segmentation_exclude'),
        'settings': settings,
        'made_of': made_of,
        'contracts': contracts,
    }, sort_keys=true))) }}
{% endmacro %}


{% macro nodes_of_state() %}
    {#- Models that keep state, and every model and seed that they read. -#}
    {%- set found = {} -%}
    {%- set open = segmentation.state_nodes() | map(attribute='unique_id') | list -%}
    {#- The list grows while it is read, until nothing new is found. -#}
    {%- for unique_id in open if unique_id in graph.nodes and unique_id not in found -%}
        {%- set node = graph.nodes[unique_id] -%}
        {%- do found.update({unique_id: node}) -%}
        {%- do open.extend(node.depends_on.get('nodes', [])) -%}
    {%- endfor -%}
    {{ return(found.values() | list) }}
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
    {{ return(1) }}
{% endmacro %}

{% macro served_columns() %}
    {#- Each column of each table that leaves the warehouse, as listed in the graph. -#}
    {%- set rows = [] -%}
    {%- if not execute -%}{{ return(rows) }}{%- endif -%}
    {%- set readers = {} -%}
    {%- for exposure in graph.exposures.values() | sort(attribute='name') -%}
        {%- for unique_id in exposure.depends_on.get('nodes', []) -%}
            {%- do readers.setdefault(unique_id, []).append(exposure.name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for node in graph.nodes.values() | sort(attribute='unique_id')
        if node.resource_type == 'model' and node.config.get('meta', {}).get('serving')
    -%}
        {%- for column in node.columns.values() -%}
            {%- do rows.append({
                'model': node.name,
                'column': column.name,
                'served_in': node.config.meta.serving,
                'readers': readers.get(node.unique_id, []) | join(', '),
                'is_personal': node.config.meta.get('pii', false),
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(rows) }}
{% endmacro %}

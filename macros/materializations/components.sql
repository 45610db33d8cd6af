{% materialization components, default %}
    {#- The model's SQL gives edges (node_a, node_b), the table nodes (node, label). -#}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}

    {% if pre_hooks %}{{ run_hooks(pre_hooks) }}{% endif %}
    {%- set found = segmentation.find_components(
        sql, target_relation, config.get('meta', {}).get('max_rounds', 60)
    ) -%}
    {% if existing_relation is not none %}
        {% do drop_relation_if_exists(existing_relation) %}
    {% endif %}
    {% call statement('main') %}
        {{ create_table_as(false, target_relation, found.sql) }}
    {% endcall %}
    {% for relation in found.scratch %}{% do adapter.drop_relation(relation) %}{% endfor %}
    {% do create_indexes(target_relation) %}
    {{ return(segmentation.finished(target_relation)) }}
{% endmaterialization %}

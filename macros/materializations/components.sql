{% materialization components, default %}
    {#-
        Connected components by randomised contraction (Bögeholz, Brand and Todor,
        "In-database connected component analysis", ICDE 2020). The model's SQL gives
        undirected edges (node_a, node_b) of whole numbers below 2^31. Each round
        renames every node by a bijection, hooks it to the smallest name among its
        neighbours and itself, composes the labels and rewrites the edges, until no
        edge is left. Only joins, group by and distinct are used.
    -#}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {#- A Mersenne prime and multipliers: x -> (m * x + a) mod p never collides. -#}
    {%- set prime = 2147483647 -%}
    {%- set multipliers = [1103515245, 1664525, 69069, 22695477, 134775813, 48271] -%}
    {%- set max_rounds = config.get('max_rounds', 60) -%}
    {%- set prefix = model.name ~ '__' -%}
    {%- set edges = target_relation.incorporate(path={'identifier': prefix ~ 'edges'}) -%}
    {%- set next_edges = target_relation.incorporate(path={'identifier': prefix ~ 'next_edges'}) -%}
    {%- set hooks = target_relation.incorporate(path={'identifier': prefix ~ 'hooks'}) -%}
    {%- set labels = target_relation.incorporate(path={'identifier': prefix ~ 'labels'}) -%}
    {%- set next_labels = target_relation.incorporate(path={'identifier': prefix ~ 'next_labels'}) -%}
    {%- set scratch = [edges, next_edges, hooks, labels, next_labels] -%}

    {{ run_hooks(pre_hooks) }}
    {% for relation in scratch %}{% do drop_relation_if_exists(relation) %}{% endfor %}

    {% do run_query(create_table_as(false, edges, segmentation.both_ways(sql))) %}
    {% do run_query(create_table_as(false, labels, segmentation.own_labels(edges))) %}

    {%- set state = namespace(edge_count=1, round=0) -%}
    {%- for round in range(max_rounds) if state.edge_count -%}
        {%- set state.edge_count = run_query(
            'select count(*) from ' ~ edges
        ).columns[0].values()[0] | int -%}
        {%- if state.edge_count -%}
            {%- set state.round = round + 1 -%}
            {%- set multiplier = multipliers[round % multipliers | length] -%}
            {%- set rename -%}
                mod(cast(%s as bigint) * {{ multiplier }} + {{ round * 7919 + 1 }}, {{ prime }})
            {%- endset -%}
            {% do run_query(create_table_as(
                false, hooks, segmentation.smallest_neighbours(edges, rename)
            )) %}
            {% do run_query(create_table_as(
                false, next_labels, segmentation.composed_labels(labels, hooks, rename)
            )) %}
            {% do run_query(create_table_as(
                false, next_edges, segmentation.contracted_edges(edges, hooks)
            )) %}
            {% for old, new in [(edges, next_edges), (labels, next_labels)] %}
                {% do adapter.drop_relation(old) %}
                {% do adapter.rename_relation(new, old) %}
            {% endfor %}
            {% do adapter.drop_relation(hooks) %}
        {%- endif -%}
    {%- endfor -%}
    {%- if state.edge_count and state.round == max_rounds -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ": edges were left after " ~ max_rounds ~ " rounds. Halving "
            ~ "is expected in each, so the edges are not undirected whole numbers."
        ) }}
    {%- endif -%}

    {% if existing_relation is not none %}
        {% do drop_relation_if_exists(existing_relation) %}
    {% endif %}
    {% call statement('main') %}
        {{ create_table_as(false, target_relation, 'select node, label from ' ~ labels) }}
    {% endcall %}
    {% for relation in scratch %}{% do drop_relation_if_exists(relation) %}{% endfor %}
    {{ run_hooks(post_hooks) }}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{% macro both_ways(sql) %}
    {{ return(
        "select distinct node_a, node_b from (select node_a, node_b from (" ~ sql
        ~ ") as given union all select node_b as node_a, node_a as node_b from ("
        ~ sql ~ ") as turned) as both_ways where node_a <> node_b"
    ) }}
{% endmacro %}


{% macro own_labels(edges) %}
    {{ return(
        "select distinct cast(node_a as bigint) as node, cast(node_a as bigint) as label"
        ~ " from " ~ edges
    ) }}
{% endmacro %}


{% macro smallest_neighbours(edges, rename) %}
    {{ return(
        "select node_a, least(min(" ~ rename | replace('%s', 'node_b') ~ "), min("
        ~ rename | replace('%s', 'node_a') ~ ")) as hook from " ~ edges
        ~ " group by node_a"
    ) }}
{% endmacro %}


{% macro composed_labels(labels, hooks, rename) %}
    {#- A label without edges is finished, and is renamed so that it stays unique. -#}
    {{ return(
        "select labels.node, coalesce(hooks.hook, " ~ rename | replace(
            '%s', 'labels.label') ~ ") as label from " ~ labels ~ " as labels left join "
        ~ hooks ~ " as hooks on labels.label = hooks.node_a"
    ) }}
{% endmacro %}


{% macro contracted_edges(edges, hooks) %}
    {{ return(
        "select distinct left_hooks.hook as node_a, right_hooks.hook as node_b from "
        ~ edges ~ " as edges inner join " ~ hooks
        ~ " as left_hooks on edges.node_a = left_hooks.node_a inner join " ~ hooks
        ~ " as right_hooks on edges.node_b = right_hooks.node_a"
        ~ " where left_hooks.hook <> right_hooks.hook"
    ) }}
{% endmacro %}

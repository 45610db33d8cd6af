{% macro find_components(edges_sql, relation, max_rounds=60) %}
    {#-
        Randomised contraction (Bögeholz, Brand and Todor, "In-database connected
        component analysis", ICDE 2020). Each round ranks the nodes anew, hooks each to
        a node of low rank two edges away at most, and puts the hooks in the place of
        their nodes, until no edge is left. The labels are composed at the end, from the
        last round, whose nodes are few, to the first.
    -#}
    {%- set hooks = [] -%}
    {%- set given = segmentation.scratch_table(
        relation, 'given', segmentation.given_edges(edges_sql)
    ) -%}
    {%- do segmentation.check_nodes(relation, given) -%}
    {%- set numbers = segmentation.scratch_table(
        relation, 'numbers', segmentation.node_numbers(given)
    ) -%}
    {%- set edges = segmentation.scratch_table(
        relation, 'edges_0', segmentation.numbered_edges(given, numbers)
    ) -%}
    {%- do adapter.drop_relation(given) -%}
    {%- set state = namespace(edges=edges, count=segmentation.row_count(edges)) -%}
    {%- for round in range(max_rounds) -%}
        {%- if state.count -%}
            {%- do hooks.append(segmentation.scratch_table(
                relation, 'hooks_' ~ round,
                segmentation.low_neighbours(state.edges, round)
            )) -%}
            {%- set edges = segmentation.scratch_table(
                relation, 'edges_' ~ (round + 1),
                segmentation.contracted_edges(state.edges, hooks[-1])
            ) -%}
            {%- do adapter.drop_relation(state.edges) -%}
            {%- set state.edges = edges -%}
            {%- set state.count = segmentation.row_count(edges) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if state.count -%}
        {{ exceptions.raise_compiler_error(
            relation.identifier ~ ": " ~ state.count ~ " edges were left after "
            ~ max_rounds ~ " rounds, expected none, as each round leaves about a third "
            ~ "of the nodes. Raise meta.max_rounds."
        ) }}
    {%- endif -%}
    {{ return({
        'sql': segmentation.named_labels(
            segmentation.composed_labels(hooks, state.edges), numbers
        ),
        'scratch': hooks + [state.edges, numbers],
    }) }}
{% endmacro %}


{% macro scratch_table(relation, suffix, sql) %}
    {#- `statement` opens a transaction where there are any: a failure leaves nothing. -#}
    {%- set scratch = relation.incorporate(
        path={'identifier': relation.identifier ~ '__' ~ suffix}, type='table'
    ) -%}
    {%- do drop_relation_if_exists(load_cached_relation(scratch)) -%}
    {%- call statement('scratch') -%}
        {{ create_table_as(false, scratch, sql) }}
    {%- endcall -%}
    {{ return(scratch) }}
{% endmacro %}


{% macro row_count(relation) %}
    {%- set counted = run_query("select count(*) from " ~ relation) -%}
    {{ return(counted.columns[0].values()[0] | int) }}
{% endmacro %}


{% macro given_edges(edges_sql) %}
    select
        cast(node_a as bigint) as node_a,
        cast(node_b as bigint) as node_b
    from ({{ edges_sql }}) as given
    where node_a <> node_b or node_a is null or node_b is null
{% endmacro %}


{% macro check_nodes(relation, edges) %}
    {%- set query -%}
        select count(*) from {{ edges }} where node_a is null or node_b is null
    {%- endset -%}
    {%- set count = run_query(query).columns[0].values()[0] | int -%}
    {%- if count -%}
        {{ exceptions.raise_compiler_error(
            relation.identifier ~ ": " ~ count ~ " edges have a node that is null."
        ) }}
    {%- endif -%}
{% endmacro %}


{% macro node_numbers(edges) %}
    {#- Small ones: two of them, a rank and its node, must fit into 64 bits. -#}
    select
        node,
        cast(row_number() over (order by node) as bigint) as number
    from (
        select node_a as node
        from {{ edges }}
        union distinct
        select node_b as node
        from {{ edges }}
    ) as nodes
{% endmacro %}


{% macro numbered_edges(edges, numbers) %}
    select
        one.number as node_a,
        two.number as node_b
    from {{ edges }} as edges
    inner join {{ numbers }} as one on edges.node_a = one.node
    inner join {{ numbers }} as two on edges.node_b = two.node
{% endmacro %}


{% macro named_labels(labels_sql, numbers) %}
    select
        one.node,
        two.node as label
    from ({{ labels_sql }}) as labels
    inner join {{ numbers }} as one on labels.node = one.number
    inner join {{ numbers }} as two on labels.label = two.number
{% endmacro %}


{% macro low_neighbours(edges, round) %}
    {#- A node is ranked by (m * node + a) mod a prime, with the node in the low bits. The
        multipliers are the best five of Fishman and Moore (1986) for this prime. -#}
    {%- set multipliers = [742938285, 950706376, 1226874159, 62089911, 1343714438] -%}
    {%- set rank -%}
        mod(node * {{ multipliers[round % 5] }} + {{ round * 7919 + 1 }}, 2147483647)
        * 2147483648 + node
    {%- endset -%}
    with lower_ends as (

        select
            node_a,
            node_b,
            least(
                {{ rank | replace('node', 'node_a') }},
                {{ rank | replace('node', 'node_b') }}
            ) as rank_and_node
        from {{ edges }}

    ),

    ends as (

        select
            node_a as node,
            rank_and_node
        from lower_ends
        union all
        select
            node_b as node,
            rank_and_node
        from lower_ends

    ),

    hooks as (

        select
            node,
            mod(min(rank_and_node), 2147483648) as hook
        from ends
        group by node

    )

    select
        hooks.node,
        further.hook
    from hooks
    inner join hooks as further on hooks.hook = further.node
{% endmacro %}


{% macro contracted_edges(edges, hooks) %}
    select distinct
        least(hooks_a.hook, hooks_b.hook) as node_a,
        greatest(hooks_a.hook, hooks_b.hook) as node_b
    from {{ edges }} as edges
    inner join {{ hooks }} as hooks_a on edges.node_a = hooks_a.node
    inner join {{ hooks }} as hooks_b on edges.node_b = hooks_b.node
    where hooks_a.hook <> hooks_b.hook
{% endmacro %}


{% macro composed_labels(hooks, no_edges) %}
    {%- if not hooks -%}
        {{ return("select node_a as node, node_b as label from " ~ no_edges) }}
    {%- endif -%}
    {%- set state = namespace(sql="select node, hook as label from " ~ hooks[-1]) -%}
    {%- for relation in hooks[:-1] | reverse -%}
        {#- A hook without edges in the round after is the label of its component. -#}
        {%- set state.sql -%}
            select
                hooks.node,
                coalesce(labels.label, hooks.hook) as label
            from {{ relation }} as hooks
            left join ({{ state.sql }}) as labels on hooks.hook = labels.node
        {%- endset -%}
    {%- endfor -%}
    {{ return(state.sql) }}
{% endmacro %}

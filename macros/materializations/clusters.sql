{% materialization clusters, default %}
    {#-
        Average linkage (Sokal and Michener, 1958). The model's SQL gives pairs of nodes
        with evidence, a whole number, above 0 for and below 0 against their being one;
        the table nodes (node, cluster). In each round two clusters join that are each
        other's best by average evidence, as long as any average is above 0. Its meta
        crowded_values names a model of node, identifier_type, identifier_key and
        max_value_count: no cluster of two nodes or more holds more values than that.
    -#}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set settings = config.get('meta', {}) -%}
    {%- set crowded_values = settings.get('crowded_values') -%}

    {% if pre_hooks %}{{ run_hooks(pre_hooks) }}{% endif %}
    {%- set state = namespace(
        links=segmentation.scratch_table(
            target_relation, 'links_0', segmentation.given_links(sql)
        ),
        more=true,
    ) -%}
    {%- set state.clusters = segmentation.scratch_table(
        target_relation, 'clusters_0', segmentation.own_clusters(state.links)
    ) -%}
    {%- if crowded_values -%}
        {%- set crowded_values = ref(crowded_values) -%}
        {%- set crowded_values = crowded_values if segmentation.row_count(crowded_values)
        -%}
    {%- endif -%}
    {#- Each round joins at least two clusters. -#}
    {%- for round in range(1, segmentation.row_count(state.clusters) + 1) if state.more -%}
        {%- set joins = segmentation.scratch_table(
            target_relation, 'joins_' ~ round, segmentation.mutual_best(
                segmentation.links_with_room(
                    state.links, state.clusters, crowded_values
                ) if crowded_values else state.links
            )
        ) -%}
        {%- set state.more = segmentation.row_count(joins) > 0 -%}
        {%- if state.more -%}
            {%- set links = segmentation.scratch_table(
                target_relation, 'links_' ~ round,
                segmentation.joined_links(state.links, joins)
            ) -%}
            {%- set clusters = segmentation.scratch_table(
                target_relation, 'clusters_' ~ round,
                segmentation.joined_clusters(state.clusters, joins)
            ) -%}
            {%- do adapter.drop_relation(state.links) -%}
            {%- do adapter.drop_relation(state.clusters) -%}
            {%- set state.links = links -%}
            {%- set state.clusters = clusters -%}
        {%- endif -%}
        {%- do adapter.drop_relation(joins) -%}
    {%- endfor -%}
    {% if existing_relation is not none %}
        {% do drop_relation_if_exists(existing_relation) %}
    {% endif %}
    {% call statement('main') %}
        {{ create_table_as(
            false, target_relation, 'select node, cluster from ' ~ state.clusters
        ) }}
    {% endcall %}
    {% do adapter.drop_relation(state.links) %}
    {% do adapter.drop_relation(state.clusters) %}
    {% do create_indexes(target_relation) %}
    {{ return(segmentation.finished(target_relation)) }}
{% endmaterialization %}


{% macro given_links(pairs_sql) %}
    select
        least(node_a, node_b) as node_a,
        greatest(node_a, node_b) as node_b,
        cast(sum(cast(evidence as bigint)) as bigint) as evidence,
        cast(1 as bigint) as pair_count
    from ({{ pairs_sql }}) as given
    where node_a <> node_b
    group by least(node_a, node_b), greatest(node_a, node_b)
{% endmacro %}


{% macro own_clusters(links) %}
    select
        node_a as node,
        node_a as cluster
    from {{ links }}
    union distinct
    select
        node_b as node,
        node_b as cluster
    from {{ links }}
{% endmacro %}


{% macro links_with_room(links, clusters, crowded_values) %}
    {#- Both clusters together may hold no more values of any kind than allowed. -#}
    (
        with held as (

            select distinct
                clusters.cluster,
                crowded.identifier_type,
                crowded.identifier_key,
                crowded.max_value_count
            from {{ clusters }} as clusters
            inner join {{ crowded_values }} as crowded on clusters.node = crowded.node

        ),

        together as (

            select
                links.node_a,
                links.node_b,
                held.identifier_type,
                held.identifier_key,
                held.max_value_count
            from {{ links }} as links
            inner join held on links.node_a = held.cluster
            where links.evidence > 0
            union distinct
            select
                links.node_a,
                links.node_b,
                held.identifier_type,
                held.identifier_key,
                held.max_value_count
            from {{ links }} as links
            inner join held on links.node_b = held.cluster
            where links.evidence > 0

        ),

        over_limit as (

            select distinct
                node_a,
                node_b
            from together
            group by node_a, node_b, identifier_type
            having count(*) > min(max_value_count)

        )

        select links.*
        from {{ links }} as links
        left join over_limit
            on links.node_a = over_limit.node_a and links.node_b = over_limit.node_b
        where over_limit.node_a is null
    ) as links
{% endmacro %}


{% macro mutual_best(links) %}
    {#- Of equal averages the smaller number is better, so that some pair always agrees. -#}
    {#- In whole millionths, so that engines agree on what is equal. -#}
    {%- set average = '(1000000 * evidence - mod(1000000 * evidence, pair_count))'
        ~ ' / pair_count' -%}
    with sides as (

        select
            node_a as cluster,
            node_b as other,
            {{ average }} as average
        from {{ links }}
        where evidence > 0
        union all
        select
            node_b as cluster,
            node_a as other,
            {{ average }} as average
        from {{ links }}
        where evidence > 0

    ),

    ranked as (

        select
            cluster,
            other,
            row_number() over (
                partition by cluster order by average desc, other asc
            ) as choice
        from sides

    )

    select
        one.other as joined,
        one.cluster as cluster
    from ranked as one
    inner join ranked as two on one.other = two.cluster and one.cluster = two.other
    where one.choice = 1 and two.choice = 1 and one.cluster < one.other
{% endmacro %}


{% macro joined_links(links, joins) %}
    {%- set a = 'coalesce(joins_a.cluster, links.node_a)' -%}
    {%- set b = 'coalesce(joins_b.cluster, links.node_b)' -%}
    select
        least({{ a }}, {{ b }}) as node_a,
        greatest({{ a }}, {{ b }}) as node_b,
        cast(sum(links.evidence) as bigint) as evidence,
        cast(sum(links.pair_count) as bigint) as pair_count
    from {{ links }} as links
    left join {{ joins }} as joins_a on links.node_a = joins_a.joined
    left join {{ joins }} as joins_b on links.node_b = joins_b.joined
    where {{ a }} <> {{ b }}
    group by least({{ a }}, {{ b }}), greatest({{ a }}, {{ b }})
{% endmacro %}


{% macro joined_clusters(clusters, joins) %}
    select
        clusters.node,
        coalesce(joins.cluster, clusters.cluster) as cluster
    from {{ clusters }} as clusters
    left join {{ joins }} as joins on clusters.cluster = joins.joined
{% endmacro %}

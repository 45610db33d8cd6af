{% macro has_tombstones() %}
    {#- Asked by each model of input; the answer is kept with the graph. Unit tests have
        no tombstones. -#}
    {%- if not execute or 'nodes' not in graph
        or model is defined and model.resource_type == 'unit_test' -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set asked = graph.setdefault('segmentation_tombstones', {}) -%}
    {%- if segmentation.run_id() not in asked -%}
        {%- set relation = segmentation.tombstones_relation() -%}
        {%- do asked.update({
            segmentation.run_id(): relation is not none and run_query(
                'select 1 from ' ~ relation ~ ' limit 1'
            ).rows | length > 0
        }) -%}
    {%- endif -%}
    {{ return(asked[segmentation.run_id()]) }}
{% endmacro %}


{% macro tombstones_relation() %}
    {{ return(segmentation.relation_of(
        graph.nodes['model.segmentation.input__tombstones']
    )) }}
{% endmacro %}


{% macro tombstone_problems() %}
    {#- Without the key nobody who was erased would be kept out. -#}
    {%- if not segmentation.has_tombstones() -%}{{ return([]) }}{%- endif -%}
    {%- set unlike = run_query(
        'select 1 from ' ~ segmentation.tombstones_relation()
        ~ ' where key_check <> ' ~ segmentation.keyed_digest(["'key'"]) ~ ' limit 1'
    ).rows -%}
    {%- if not unlike -%}{{ return([]) }}{%- endif -%}
    {{ return([
        'People were erased, and their rows are kept out by digests with another key '
        ~ 'than this build has. Set SEGMENTATION_ERASURE_KEY to the key of the erasure'
        ~ (
            ", and PGOPTIONS to '-c segmentation.erasure_key=' with the same key where dbt "
            ~ 'runs without `segment`' if target.type == 'postgres' else ''
        ) ~ '. Nothing was read.'
    ]) }}
{% endmacro %}


{% macro rows_kept_out(contract, rows) %}
    {#- Of a row that was erased only source and load time stay: batches count it. -#}
    {%- set tombstones = ref('input__tombstones') -%}
    {%- set names = contract.columns | map(attribute='name') | list -%}
    {%- set digests = [['record', 'source_customer_id']] -%}
    {%- if 'order_id' in contract.key -%}
        {%- do digests.append(['order', 'order_id']) -%}
    {%- endif -%}
    {{ rows }}marked_rows as (

        select
            cast_rows.*,
            coalesce(
                {%- for kind, column in digests %}
                {{ 'or ' if not loop.first }}
                {{- segmentation.keyed_digest(
                    ["'" ~ kind ~ "'", 'source_system', column]
                ) }} in (select digest from {{ tombstones }})
                {%- endfor %},
                false
            )
            {%- for identifier_type in ['email', 'phone']
                if contract.name == 'customer_records' %}
            or coalesce(
                {{ segmentation.identifier_digest(
                    "'" ~ identifier_type ~ "'", identifier_type
                ) }} in (select digest from {{ tombstones }}),
                false
            )
            {%- endfor %}
            {%- if contract.name == 'identifiers' %}
            or coalesce(
                {{ segmentation.identifier_digest(
                    'identifier_type', 'identifier_value'
                ) }} in (select digest from {{ tombstones }}),
                false
            )
            {%- endif %}
                as is_erased
        from {{ rows }}cast_rows as cast_rows

    ),

    {{ rows }}delivered_rows as (

        select
            {%- for name in names + contract.passthrough %}
            {%- if name in ['source_system', 'loaded_at'] %}
            {{ name }},
            {%- else %}
            case when not is_erased then {{ name }} end as {{ name }},
            {%- endif %}
            {%- endfor %}
            case when is_erased then 'erased' else row_problem end as row_problem
        from {{ rows }}marked_rows

    ),
{% endmacro %}


{% macro identifier_digest(identifier_type, value) %}
    {#- Spelled as it was: case, spaces around it and what a number is grouped by aside. -#}
    {{ return(segmentation.keyed_digest([
        "'identifier'",
        'lower(trim(' ~ identifier_type ~ '))',
        "case when lower(trim(" ~ identifier_type ~ ")) = 'phone' then "
        ~ segmentation.digits_only(value) ~ ' else lower(trim(' ~ value ~ ')) end',
    ])) }}
{% endmacro %}

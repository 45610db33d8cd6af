{% macro read_entity(entity) %}
    {#-
        Every delivered row of an entity, cast once, with what became of it:
        kept, duplicate, corrected, excluded or quarantined. Nothing is dropped here.
    -#}
    {%- set sources = segmentation.entity_sources(entity) -%}
    {%- set staging = [] -%}
    {%- for source_system in sources -%}
        {%- do staging.append(ref('stg_' ~ source_system ~ '__' ~ entity)) -%}
    {%- endfor -%}
    {%- set excluded_records = ref('int_input__excluded_records') -%}
    {%- set rates = none -%}
    {%- if entity == 'orders' -%}
        {%- set rates = ref('int_input__currency_rates') -%}
    {%- elif entity in ('order_lines', 'order_changes') -%}
        {%- set rates = ref('int_input__order_rates') -%}
    {%- endif -%}
    {%- if not execute -%}{{ return('select 1 as source_system') }}{%- endif -%}

    {%- set contract = segmentation.entity_contract(entity) -%}
    {%- set names = contract.columns | map(attribute='name') | list -%}
    {%- set has_customer = 'source_customer_id' in names -%}
    {%- set key = contract.key -%}
    {%- set key_columns = (
        key + (['updated_at'] if 'updated_at' in names else [])
    ) | join(', ') -%}
    {%- set compared = (names + contract.passthrough)
        | reject('equalto', 'loaded_at') | list -%}

    {%- if not sources -%}
    {{ segmentation.no_rows(contract) }}
    {%- else -%}
    with cast_rows as (
        {% for relation in staging %}
        select
            {%- for column in contract.columns %}
            {%- set typed = segmentation.try_cast_to(
                'delivered.' ~ column.name, column.data_type
            ) %}
            {{ 'lower(' ~ typed ~ ')' if column.accepted else typed }}
                as {{ column.name }},
            {%- endfor %}
            {%- for column in contract.passthrough %}
            delivered.{{ column }},
            {%- endfor %}
            {{ segmentation.first_problem(contract) }} as row_problem
        from {{ relation }} as delivered
        {% if not loop.last %}union all{% endif %}
        {%- endfor %}

    ),

    known_rows as (

        select
            cast_rows.*
            {%- if has_customer %},
            excluded.source_customer_id is not null as is_excluded
            {%- else %},
            1 = 0 as is_excluded
            {%- endif %}
        from cast_rows
        {%- if has_customer %}
        left join {{ excluded_records }} as excluded
            on cast_rows.source_system = excluded.source_system
            and cast_rows.source_customer_id = excluded.source_customer_id
        {%- endif %}
        {%- if segmentation.setting('known_at') is not none %}
        where
            cast_rows.loaded_at is null
            or cast_rows.loaded_at <= cast(
                '{{ segmentation.setting('known_at') }}' as timestamp
            )
        {%- endif %}

    ),

    converted as (

        {{ segmentation.convert_money(contract, rates) }}

    ),

    counted as (

        select
            converted.*,
            count(*) over (partition by {{ key_columns }}) as key_row_count
        from converted
        where converted.row_problem is null and not converted.is_excluded

    ),

    -- Only keys with several rows pay for a comparison of whole rows.
    repeated as (

        select
            counted.*,
            {{ segmentation.row_hash(compared) }} as row_hash,
            coalesce(loaded_at, cast('1900-01-01' as timestamp)) as arrived_at
        from counted
        where key_row_count > 1

    ),

    latest as (

        select
            repeated.*,
            max(arrived_at) over (
                partition by {{ key_columns }}
            ) as latest_arrived_at
        from repeated

    ),

    judged as (

        select
            latest.*,
            min(case when arrived_at = latest_arrived_at then row_hash end) over (
                partition by {{ key_columns }}
            ) as first_hash,
            max(case when arrived_at = latest_arrived_at then row_hash end) over (
                partition by {{ key_columns }}
            ) as last_hash,
            row_number() over (
                partition by {{ key_columns }}, row_hash
                order by arrived_at desc, row_hash asc
            ) as copy_number
        from latest

    )
    {% set listed = names + contract.passthrough
        + (['currency_rate'] if entity == 'orders' else []) %}
    select
        {{ listed | join(',\n        ') }},
        'kept' as row_outcome,
        row_problem
    from counted
    where key_row_count = 1
    union all
    select
        {{ listed | join(',\n        ') }},
        case
            when first_hash <> last_hash then 'quarantined'
            when row_hash = first_hash and copy_number = 1 then 'kept'
            when row_hash = first_hash then 'duplicate'
            else 'corrected'
        end as row_outcome,
        case
            when first_hash <> last_hash
                then '{{ key[-1] }}:conflicting_rows:'
                    || coalesce(cast({{ key[-1] }} as {{ dbt.type_string() }}), '')
        end as row_problem
    from judged
    union all
    select
        {{ listed | join(',\n        ') }},
        case when row_problem is not null then 'quarantined' else 'excluded' end
            as row_outcome,
        row_problem
    from converted
    where row_problem is not null or is_excluded
    {%- endif -%}
{% endmacro %}

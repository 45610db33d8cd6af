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
    {%- set takes_order_rate = entity in ('order_lines', 'order_changes') -%}
    {%- if takes_order_rate -%}
        {%- set order_rates = ref('int_input__order_rates') -%}
    {%- elif entity == 'orders' -%}
        {%- set currency_rates = ref('int_input__currency_rates') -%}
    {%- endif -%}
    {%- if not execute -%}{{ return('select 1 as source_system') }}{%- endif -%}

    {%- set contract = segmentation.entity_contract(entity) -%}
    {%- set names = contract.columns | map(attribute='name') | list -%}
    {%- set has_customer = 'source_customer_id' in names -%}
    {%- set key = contract.key -%}
    {%- set version = ['updated_at'] if 'updated_at' in names else [] -%}
    {%- set compared = (names + contract.passthrough)
        | reject('equalto', 'loaded_at') | list -%}

    {%- if not sources -%}
    select
        {%- for column in contract.columns %}
        cast(null as {{ segmentation.sql_type(column.data_type) }}) as {{ column.name }},
        {%- endfor %}
        {%- for column in contract.passthrough %}
        cast(null as {{ dbt.type_string() }}) as {{ column }},
        {%- endfor %}
        {%- if entity == 'orders' %}
        cast(1 as numeric(18, 8)) as currency_rate,
        {%- endif %}
        cast(null as {{ dbt.type_string() }}) as row_outcome,
        cast(null as {{ dbt.type_string() }}) as row_problem
    where 1 = 0
    {%- else -%}
    with cast_rows as (
        {% for relation in staging %}
        select
            {%- for column in contract.columns %}
            {{ segmentation.try_cast_to('delivered.' ~ column.name, column.data_type) }}
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
    {% if entity == 'orders' %}
    {%- set money = contract.columns | selectattr('money') | map(attribute='name') | list %}
    converted as (

        select
            {%- for column in contract.columns %}
            {% if column.money -%}
            cast(
                round(known_rows.{{ column.name }} * coalesce(rates.rate, 1), 2)
                as {{ column.data_type }}
            ) as {{ column.name }},
            {%- else -%}
            known_rows.{{ column.name }},
            {%- endif %}
            {%- endfor %}
            {%- for column in contract.passthrough %}
            known_rows.{{ column }},
            {%- endfor %}
            cast(coalesce(rates.rate, 1) as numeric(18, 8)) as currency_rate,
            known_rows.is_excluded,
            case
                when known_rows.row_problem is not null then known_rows.row_problem
                when
                    rates.rate is null
                    and known_rows.currency_code <> '{{ segmentation.setting('currency') }}'
                    then 'currency_code:no_rate:' || known_rows.currency_code
            end as row_problem
        from known_rows
        left join {{ currency_rates }} as rates
            on known_rows.currency_code = rates.currency_code
            and {{ segmentation.local_date('known_rows.ordered_at') }} >= rates.valid_from
            and (
                {{ segmentation.local_date('known_rows.ordered_at') }} < rates.valid_to
                or rates.valid_to is null
            )

    ),
    {% elif takes_order_rate %}
    converted as (

        select
            {%- for column in contract.columns %}
            {% if column.money -%}
            cast(
                round(known_rows.{{ column.name }} * coalesce(rates.currency_rate, 1), 2)
                as {{ column.data_type }}
            ) as {{ column.name }},
            {%- else -%}
            known_rows.{{ column.name }},
            {%- endif %}
            {%- endfor %}
            {%- for column in contract.passthrough %}
            known_rows.{{ column }},
            {%- endfor %}
            known_rows.is_excluded,
            known_rows.row_problem
        from known_rows
        left join {{ order_rates }} as rates
            on known_rows.source_system = rates.source_system
            and known_rows.order_id = rates.order_id

    ),
    {% else %}
    converted as (

        select * from known_rows

    ),
    {% endif %}
    counted as (

        select
            converted.*,
            count(*) over (
                partition by {{ (key + version) | join(', ') }}
            ) as key_row_count
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
                partition by {{ (key + version) | join(', ') }}
            ) as latest_arrived_at
        from repeated

    ),

    judged as (

        select
            latest.*,
            min(case when arrived_at = latest_arrived_at then row_hash end) over (
                partition by {{ (key + version) | join(', ') }}
            ) as first_hash,
            max(case when arrived_at = latest_arrived_at then row_hash end) over (
                partition by {{ (key + version) | join(', ') }}
            ) as last_hash,
            row_number() over (
                partition by {{ (key + version) | join(', ') }}, row_hash
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


{% macro first_problem(contract) %}
    {#- `column:reason:value` of the first thing wrong with a delivered row. -#}
    {%- set when = [] -%}
    {%- for column in contract.columns -%}
        {%- set raw = 'delivered.' ~ column.name -%}
        {%- set text = "cast(" ~ raw ~ " as " ~ dbt.type_string() ~ ")" -%}
        {%- set typed = segmentation.try_cast_to(raw, column.data_type) -%}
        {%- if segmentation.type_kind(column.data_type) != 'text' -%}
            {%- do when.append((
                raw ~ " is not null and " ~ typed ~ " is null and trim(" ~ text
                ~ ") <> ''",
                column.name ~ ":unparsable", text
            )) -%}
        {%- endif -%}
        {%- if column.required -%}
            {%- do when.append((
                typed ~ " is null",
                column.name ~ ":missing_value",
                "''"
            )) -%}
        {%- endif -%}
        {%- if column.name.endswith('_id') -%}
            {%- do when.append((
                "length(" ~ text ~ ") > 320", column.name ~ ":too_long",
                "substring(" ~ text ~ ", 1, 60)"
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if contract.event_time -%}
        {%- set event = segmentation.try_cast_to(
            'delivered.' ~ contract.event_time, 'timestamp') -%}
        {%- set loaded = segmentation.try_cast_to('delivered.loaded_at', 'timestamp') -%}
        {%- do when.append((
            event ~ " > " ~ dbt.dateadd('day', 1, loaded),
            contract.event_time ~ ":later_than_load",
            "cast(delivered." ~ contract.event_time ~ " as " ~ dbt.type_string() ~ ")"
        )) -%}
    {%- endif -%}
    case
    {%- for condition, problem, shown in when %}
                when {{ condition }} then '{{ problem }}:' || {{ shown }}
    {%- endfor %}
            end
{%- endmacro %}


{% macro row_hash(columns) %}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- do parts.append(
            "coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), chr(30))"
        ) -%}
    {%- endfor -%}
    {#- Control characters as separator and null: no delivered text can forge them. -#}
    {{ return(dbt.hash(parts | join(" || chr(31) || "))) }}
{% endmacro %}

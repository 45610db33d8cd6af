{% macro read_entity(entity) %}
    {#-
        Every delivered row of an entity, cast once, with what became of it:
        kept, duplicate, corrected, excluded, quarantined or erased. Nothing is dropped
        here, but of what was erased only the source and the load time stay.
        A build that goes on from an earlier one reads what was delivered since, and
        judges it together with the rows of the same keys.
    -#}
    {%- set sources = segmentation.entity_sources(entity) -%}
    {%- set staging = [] -%}
    {%- for source_system in sources -%}
        {%- do staging.append(ref('stg_' ~ source_system ~ '__' ~ entity)) -%}
    {%- endfor -%}
    {#- It decides whether the build goes on. -#}
    {%- do ref('int_input__deliveries') -%}
    {%- set excluded_records = ref('int_input__excluded_records') -%}
    {%- set rates = ref('int_input__currency_rates') if entity == 'orders' else none -%}
    {%- if not execute -%}{%- do ref('input__tombstones') -%}{%- endif -%}
    {%- if not execute -%}{{ return('select 1 as source_system') }}{%- endif -%}

    {%- set run = segmentation.run_to_continue() -%}
    {%- set batches = segmentation.batches_to_read(entity, run) if run else {} -%}
    {%- set contract = segmentation.entity_contract(entity) -%}
    {%- set names = contract.columns | map(attribute='name') | list -%}
    {%- set has_customer = 'source_customer_id' in names -%}
    {%- set key = contract.key -%}
    {%- set key_columns = (
        key + (['updated_at'] if 'updated_at' in names else [])
    ) | join(', ') -%}
    {%- set run_number = run.number if run else segmentation.run_number() -%}
    {%- set compared = (names + contract.passthrough)
        | reject('equalto', 'loaded_at') | list -%}

    {#- Most keys come once: read whole, the others go to the judge alone. What a night
        brings is few, and is judged with rows of before. -#}
    {%- set is_split = not run and contract.joined_key | length > 0 -%}

    {%- if not sources -%}
    {{ segmentation.no_rows(contract) }}
    {%- else -%}
    with
    {%- if is_split %}
    {{ segmentation.repeated_keys_of(contract, staging) }}
    {%- endif %}
    {% for several in [true, false] if several or is_split %}
    {% set rows = '' if several else 'single_' %}
    {{ rows }}cast_rows as (
        {% for relation in staging %}
        select
            {%- for column in contract.columns %}
            {{ segmentation.typed_value(column) }} as {{ column.name }},
            {%- endfor %}
            {%- for column in contract.passthrough %}
            delivered.{{ column }},
            {%- endfor %}
            {{ segmentation.first_problem(contract) }} as row_problem
        from {{ relation }} as delivered
        {%- if is_split %}
        {{ segmentation.only_keys_of(contract, several) }}
        {%- else %}
        {{- segmentation.only_new(batches.get(sources[loop.index0])) }}
        {%- endif %}
        {% if not loop.last %}union all{% endif %}
        {%- endfor %}

    ),

    {% if has_customer and segmentation.has_tombstones() %}
    {{ segmentation.rows_kept_out(contract, rows) }}
    {% else %}
    {{ rows }}delivered_rows as (

        select * from {{ rows }}cast_rows

    ),
    {% endif %}
    {{ rows }}known_rows as (

        select
            delivered_rows.*
            {%- if has_customer %},
            excluded.source_customer_id is not null as is_excluded
            {%- else %},
            1 = 0 as is_excluded
            {%- endif %}
        from {{ rows }}delivered_rows as delivered_rows
        {%- if has_customer %}
        left join {{ excluded_records }} as excluded
            on delivered_rows.source_system = excluded.source_system
            and delivered_rows.source_customer_id = excluded.source_customer_id
        {%- endif %}
        {%- if segmentation.setting('known_at') is not none %}
        where
            delivered_rows.loaded_at is null
            or delivered_rows.loaded_at <= cast(
                '{{ segmentation.setting('known_at') }}' as timestamp
            )
        {%- endif %}

    ),

    {{ rows }}converted as (

        {{ segmentation.convert_money(contract, rates, rows ~ 'known_rows') if rates
            else 'select * from ' ~ rows ~ 'known_rows' }}

    ),

    {% endfor %}
    {% if run %}
    {{ segmentation.rows_to_judge_anew(contract, excluded_records, batches) }}
    {% else %}
    to_judge as (

        select * from converted

    ),
    {% endif %}
    counted as (

        select
            to_judge.*,
            count(*) over (partition by {{ key_columns }}) as key_row_count
        from to_judge
        where to_judge.row_problem is null and not to_judge.is_excluded

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
    {% set listed = segmentation.listed_columns(contract) %}
    {#- What becomes of a row that no other is compared with. -#}
    {%- set outcome_alone -%}
        case
            when row_problem = 'erased' then 'erased'
            when row_problem is not null then 'quarantined'
            when is_excluded then 'excluded'
            else 'kept'
        end as row_outcome,
        nullif(row_problem, 'erased') as row_problem,
    {%- endset %}
    select
        {{ listed | join(',\n        ') }},
        'kept' as row_outcome,
        row_problem,
        cast({{ run_number }} as bigint) as changed_in_run
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
        end as row_problem,
        cast({{ run_number }} as bigint) as changed_in_run
    from judged
    union all
    select
        {{ listed | join(',\n        ') }},
        {{ outcome_alone }}
        cast({{ run_number }} as bigint) as changed_in_run
    from to_judge
    where row_problem is not null or is_excluded
    {%- if is_split %}
    union all
    select
        {{ listed | join(',\n        ') }},
        {{ outcome_alone }}
        cast({{ run_number }} as bigint) as changed_in_run
    from single_converted
    {%- endif %}
    {%- endif -%}
{% endmacro %}


{% macro typed_value(column) %}
    {%- set typed = segmentation.try_cast_to(
        'delivered.' ~ column.name, column.data_type
    ) -%}
    {{ return('lower(' ~ typed ~ ')' if column.accepted else typed) }}
{% endmacro %}


{% macro repeated_keys_of(contract, staging) %}
    {#- Keys of which several rows were delivered, whatever is in these. -#}
    {%- set names = contract.joined_key | join(', ') -%}
    delivered_keys as (
        {% for relation in staging %}
        select
            {%- for column in contract.columns if column.name in contract.joined_key %}
            {{ segmentation.typed_value(column) }} as {{ column.name }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from {{ relation }} as delivered
        {% if not loop.last %}union all{% endif %}
        {%- endfor %}

    ),

    repeated_keys as (

        select {{ names }}
        from delivered_keys
        group by {{ names }}
        having count(*) > 1

    ),
{% endmacro %}


{% macro only_keys_of(contract, several) %}
    {#- Before a row is cast. Who lacks a part of the key is alone, and set aside. -#}
        {{ 'inner' if several else 'left' }} join repeated_keys
            on
            {%- for column in contract.columns if column.name in contract.joined_key %}
                {{ 'and ' if not loop.first }}{{ segmentation.typed_value(column) }}
                = repeated_keys.{{ column.name }}
            {%- endfor %}
        {%- if not several %}
        where repeated_keys.{{ contract.joined_key[0] }} is null
        {%- endif %}
{% endmacro %}


{% macro listed_columns(contract) %}
    {{ return(
        contract.columns | map(attribute='name') | list + contract.passthrough
        + (['currency_rate'] if contract.name == 'orders' else [])
    ) }}
{% endmacro %}


{% macro rows_to_judge_anew(contract, excluded_records, batches) %}
    {#- The new rows, and those of the same keys that were read before. -#}
    {%- set keys = contract.joined_key -%}
    {%- set has_customer = 'source_customer_id' in
        contract.columns | map(attribute='name') | list -%}
    {%- set joined_excluded -%}
        left join {{ excluded_records }} as excluded
            on read_before.source_system = excluded.source_system
            and read_before.source_customer_id = excluded.source_customer_id
    {%- endset -%}
    {#- A conflict is a verdict on all rows of a key, not a problem of one. -#}
    {%- set is_sound -%}
        (
            read_before.row_problem is null
            or read_before.row_problem like '{{ contract.key[-1] }}:conflicting\_rows:%' escape '\'
        )
    {%- endset -%}
    read_before as (

        select * from {{ this }} as kept
        where not {{ segmentation.is_read_again('kept', batches) }}

    ),

    keys_to_judge as (

        select distinct {{ keys | join(', ') }}
        from converted
        {%- if has_customer and var('segmentation_exclude') %}
        union distinct
        select read_before.{{ keys | join(', read_before.') }}
        from read_before
        {{ joined_excluded }}
        where
            {{ is_sound }}
            and (read_before.row_outcome = 'excluded')
            <> (excluded.source_customer_id is not null)
        {%- endif %}

    ),

    to_judge as (

        select
            {%- for column in segmentation.listed_columns(contract) %}
            {{ column }},
            {%- endfor %}
            is_excluded,
            row_problem
        from converted
        union all
        select
            {%- for column in segmentation.listed_columns(contract) %}
            read_before.{{ column }},
            {%- endfor %}
            {{ 'excluded.source_customer_id is not null' if has_customer else '1 = 0' }}
                as is_excluded,
            case when not {{ is_sound }} then read_before.row_problem end as row_problem
        from read_before
        inner join keys_to_judge
            on
            {%- for key in keys %}
                {{ 'and ' if not loop.first }}read_before.{{ key }} = keys_to_judge.{{ key }}
            {%- endfor %}
        {{ joined_excluded if has_customer }}

    ),
{% endmacro %}

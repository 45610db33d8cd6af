{{ config(schema=segmentation.segmentation_schema('internal')) }}

-- depends_on: {{ ref('int_input__runs') }}, {{ ref('int_input__batches') }}
{%- set run = segmentation.open_run_row() %}

{%- set is_continued = run and run.is_continued %}
{%- set no_record -%}
    select
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as {{ dbt.type_string() }}) as %s
    from {{ ref('int_input__lost_records') }}
    where 1 = 0
{%- endset %}

with parts as (

    {% for entity in ['order_lines', 'order_changes'] -%}
    {%- set relation = ref('int_input__' ~ entity) -%}
    {%- if is_continued -%}
    select
        source_system,
        order_id
    from {{ relation }}
    where {{ segmentation.is_touched(segmentation.entity_contract(entity), run) }}
    union distinct
    {% endif -%}
    {%- endfor %}
    {{ no_record % 'order_id' }}

),

{% if is_continued -%}
accounts as (

    select distinct account_id
    from {{ ref('int_input__accounts') }}
    where {{ segmentation.is_touched(segmentation.entity_contract('accounts'), run) }}

),

{% endif -%}
touched as (

    {% for entity in segmentation.entity_names() -%}
    {%- set relation = ref('int_input__' ~ entity) -%}
    {%- set contract = segmentation.entity_contract(entity) if execute else none -%}
    {%- if is_continued
        and 'source_customer_id' in contract.columns | map(attribute='name') -%}
    select
        source_system,
        source_customer_id
    from {{ relation }}
    where {{ segmentation.is_touched(contract, run) }}
    union distinct
    {% endif -%}
    {%- endfor %}
    {% if is_continued -%}
    -- Whoever ordered is concerned, whatever record a part of the order names.
    select
        orders.source_system,
        orders.source_customer_id
    from {{ ref('int_input__orders') }} as orders
    inner join parts
        on
            orders.source_system = parts.source_system
            and orders.order_id = parts.order_id
    union distinct
    -- What an account is, its people are.
    select
        records.source_system,
        records.source_customer_id
    from {{ ref('int_input__customer_records') }} as records
    inner join accounts
        on records.account_id = accounts.account_id
    union distinct
    select
        source_system,
        source_customer_id
    from {{ ref('int_input__lost_records') }}
    where run_number = {{ run.number }}
    union distinct
    {% endif -%}
    {{ no_record % 'source_customer_id' }}

)

select * from touched
where source_customer_id is not null

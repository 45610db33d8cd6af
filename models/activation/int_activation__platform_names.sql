{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{#- Column of the golden record, and whether a rule needs the country beside it. -#}
{%- set fields = {
    'first_name': ('first_name', false),
    'last_name': ('last_name', false),
    'city': ('city', false),
    'region': ('region', true),
    'postal_code': ('postal_code', true),
    'country': ('country_code', false),
} %}

with rules as (
    {{ segmentation.platform_rules_in_force(fields.keys() | list) }}

),

customers as (

    select
        customer_id,
        first_name,
        last_name,
        city,
        region,
        postal_code,
        country_code,
        coalesce({{ segmentation.country_upper('country_code') }}, '') as country_key
    from {{ ref('identity__golden_records') }}

),

-- One row per value, and one join on all of them: PostgreSQL takes joins per field for
-- small and sorts them by platform alone.
stated as (

    {% for field, (column, needs_country) in fields.items() %}
    select
        customer_id,
        '{{ field }}' as field,
        {{ column }} as stated_value,
        {{ 'country_key' if needs_country else "''" }} as country_key
    from customers
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- Many customers share a name or a place: each is written once.
spellings as (

    select distinct
        field,
        stated_value,
        country_key
    from stated

),

written as (

    select
        rules.platform,
        spellings.field,
        spellings.stated_value,
        spellings.country_key,
        rules.encoding,
        {{ segmentation.platform_value(
            'rules.rule',
            'spellings.stated_value',
            ['name', 'address'],
            "nullif(spellings.country_key, '')",
        ) }} as platform_value
    from spellings
    inner join rules
        on spellings.field = rules.field

),

encoded as (

    select
        platform,
        field,
        stated_value,
        country_key,
        {{ segmentation.platform_encoded('encoding', 'platform_value') }}
            as encoded_value
    from written

),

final as (

    select
        encoded.platform,
        {% for field in fields %}
        max(case when stated.field = '{{ field }}' then encoded.encoded_value end)
            as {{ field }},
        {% endfor %}
        stated.customer_id
    from stated
    inner join encoded
        on
            stated.field = encoded.field
            and stated.stated_value = encoded.stated_value
            and stated.country_key = encoded.country_key
    group by encoded.platform, stated.customer_id

)

select * from final

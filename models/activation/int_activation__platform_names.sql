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

platforms as (

    select distinct platform
    from rules

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
    where
        coalesce(first_name, last_name, city, region, postal_code, country_code)
        is not null

),

stated as (

    {% for field, (column, needs_country) in fields.items() %}
    select distinct
        '{{ field }}' as field,
        {{ column }} as stated_value,
        {{ 'country_key' if needs_country else "''" }} as country_key
    from customers
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- Platforms share rules: each value is written once per rule.
rule_names as (

    select distinct
        field,
        rule,
        encoding
    from rules

),

written as (

    select
        stated.field,
        stated.stated_value,
        stated.country_key,
        rule_names.rule,
        rule_names.encoding,
        {{ segmentation.platform_value(
            'rule_names.rule',
            'stated.stated_value',
            ['name', 'address'],
            "nullif(stated.country_key, '')",
        ) }} as platform_value
    from stated
    inner join rule_names
        on stated.field = rule_names.field

),

encoded as (

    select
        field,
        stated_value,
        country_key,
        rule,
        encoding,
        {{ segmentation.platform_encoded('encoding', 'platform_value') }}
            as encoded_value
    from written

),

per_platform as (

    select
        rules.platform,
        encoded.field,
        encoded.stated_value,
        encoded.country_key,
        encoded.encoded_value
    from encoded
    inner join rules
        on
            encoded.field = rules.field
            and encoded.rule = rules.rule
            and encoded.encoding = rules.encoding

),

final as (

    select
        platforms.platform,
        {% for field in fields %}
        {{ field }}_values.encoded_value as {{ field }},
        {% endfor %}
        customers.customer_id
    from customers
    cross join platforms
    {% for field, (column, needs_country) in fields.items() %}
    left join per_platform as {{ field }}_values
        on
            {{ field }}_values.field = '{{ field }}'
            and platforms.platform = {{ field }}_values.platform
            and customers.{{ column }} = {{ field }}_values.stated_value
            {% if needs_country %}
            and customers.country_key = {{ field }}_values.country_key
            {% endif %}
    {% endfor %}

)

select * from final

{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{%- set reading = segmentation.binary_order('reading') %}

with rules as (
    {{ segmentation.platform_rules_in_force(['email', 'phone']) }}

),

-- Platforms share rules: each value is written once per rule.
rule_names as (

    select distinct
        field,
        rule
    from rules

),

held as (

    select distinct
        identifiers.identifier_hash,
        identifiers.identifier_type,
        identifiers.spelling,
        case
            when identifiers.identifier_type = 'phone'
                then {{ segmentation.country_upper('golden_records.country_code') }}
        end as country_code
    from {{ ref('int_contact__identifiers') }} as identifiers
    inner join {{ ref('identity__golden_records') }} as golden_records
        on identifiers.customer_id = golden_records.customer_id
    where
        identifiers.identifier_type in ('email', 'phone')
        and identifiers.is_usable

),

phones as (

    select distinct
        spelling,
        country_code,
        {{ segmentation.phone_text('spelling') }} as phone_text
    from held
    where identifier_type = 'phone'

),

digits as (

    select
        spelling,
        country_code,
        phone_text,
        {{ segmentation.international_digits_of('phone_text', 'country_code') }}
            as international_digits
    from phones
    where phone_text is not null

),

-- Few prefixes are compared with each code, not each number.
prefixes as (

    select distinct left(international_digits, 3) as prefix
    from digits

),

prefix_codes as (

    select
        prefixes.prefix,
        dialing_codes.dialing_code
    from prefixes
    inner join {{ ref('dialing_codes') }} as dialing_codes
        on prefixes.prefix like dialing_codes.dialing_code || '%'

),

coded as (

    select
        digits.spelling,
        digits.country_code,
        digits.phone_text,
        digits.international_digits,
        case
            when digits.international_digits is null then countries.dialing_code
            else prefix_codes.dialing_code
        end as dialing_code
    from digits
    left join prefix_codes
        on left(digits.international_digits, 3) = prefix_codes.prefix
    left join {{ ref('country_dialing_codes') }} as countries
        on digits.country_code = countries.country_code

),

numbers as (

    select
        coded.spelling,
        coalesce(coded.country_code, '') as country_code,
        {{ segmentation.e164_digits(
            'coded.phone_text',
            'coded.international_digits',
            'coded.dialing_code',
            'dialing_codes.trunk_prefix',
            'dialing_codes.minimum_digits',
            'dialing_codes.maximum_digits',
        ) }} as number_digits,
        coded.international_digits is not null as is_international
    from coded
    inner join {{ ref('dialing_codes') }} as dialing_codes
        on coded.dialing_code = dialing_codes.dialing_code

),

readings as (

    select
        held.identifier_hash,
        held.identifier_type,
        case
            when held.identifier_type = 'email' then held.spelling
            else numbers.number_digits
        end as reading,
        coalesce(numbers.is_international, false) as is_international
    from held
    left join numbers
        on
            held.identifier_type = 'phone'
            and held.spelling = numbers.spelling
            and coalesce(held.country_code, '') = numbers.country_code

),

spread as (

    select
        identifier_hash,
        identifier_type,
        min({{ reading }}) as first_reading,
        max({{ reading }}) as last_reading,
        min(case when is_international then {{ reading }} end) as first_international,
        max(case when is_international then {{ reading }} end) as last_international
    from readings
    group by identifier_hash, identifier_type

),

-- A number that says its country decides for those that do not. Where two countries are
-- left, nobody knows which it is.
chosen as (

    select
        identifier_hash,
        identifier_type,
        case
            when identifier_type = 'email' then first_reading
            when first_international = last_international then first_international
            when first_international is null and first_reading = last_reading
                then first_reading
        end as reading
    from spread

),

written as (

    select
        chosen.identifier_hash,
        chosen.identifier_type,
        rule_names.rule,
        {{ segmentation.platform_value(
            'rule_names.rule', 'chosen.reading', ['email', 'phone']
        ) }} as platform_value
    from chosen
    inner join rule_names
        on chosen.identifier_type = rule_names.field

),

hashed as (

    select
        identifier_hash,
        identifier_type,
        rule,
        {{ segmentation.sha256_hex('platform_value') }} as platform_value_hash
    from written

),

final as (

    select
        rules.platform,
        hashed.identifier_hash,
        hashed.identifier_type,
        hashed.platform_value_hash,
        rules.valid_from as rule_valid_from
    from hashed
    inner join rules
        on
            hashed.identifier_type = rules.field
            and hashed.rule = rules.rule

)

select * from final

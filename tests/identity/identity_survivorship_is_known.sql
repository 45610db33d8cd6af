{{ config(meta={'explains': true}) }}

{%- set text = dbt.type_string() %}
{%- set fields = segmentation.survivorship_fields() %}
{%- set rules = segmentation.survivorship_rules() | list + ['never'] %}
{%- set listed = "'" ~ rules | join("', '") ~ "'" %}
{%- set sources = segmentation.entity_sources('customer_records') %}
{%- set change = 'Change the seed survivorship.' %}

with seed as (

    select
        field,
        rule_order,
        rule,
        nullif(argument, '') as argument,
        'survivorship, field ' || coalesce(field, 'null') || ', rule_order '
        || coalesce(cast(rule_order as {{ text }}), 'null') || ': ' as place
    from {{ ref('survivorship') }}

),

known_fields as (

    {% for field in fields %}
    select cast('{{ field }}' as {{ text }}) as field
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

mapped_sources as (

    {% for source_system in sources %}
    select cast('{{ source_system }}' as {{ text }}) as source_system
    union all
    {% endfor %}
    select cast(null as {{ text }}) as source_system

),

ordering as (

    select * from seed
    where rule <> 'never'

),

final as (

    select
        seed.place || 'there is no such field. Fields are '
        || '{{ fields | join(", ") }}. {{ change }}' as message
    from seed
    left join known_fields
        on seed.field = known_fields.field
    where known_fields.field is null
    union all
    select
        place || 'the rule is ' || {{ segmentation.quoted("coalesce(rule, 'null')") }}
        || '. Rules are '
        || '{{ rules | join(", ") }}. {{ change }}' as message
    from seed
    where rule is null or rule not in ({{ listed }})
    union all
    select
        seed.place || 'no source of customer_records is called '
        || {{ segmentation.quoted("coalesce(seed.argument, 'null')") }}
        || '. Sources are '
        || '{{ sources | join(", ") or "none" }}. Change the argument, or add the '
        || 'source to segmentation_sources.' as message
    from seed
    left join mapped_sources
        on seed.argument = mapped_sources.source_system
    where seed.rule = 'source_priority' and mapped_sources.source_system is null
    union all
    select
        place || 'never needs the value as its argument, which is empty. {{ change }}'
            as message
    from seed
    where rule = 'never' and argument is null
    union all
    select
        place || rule || ' takes no argument and has '
        || {{ segmentation.quoted('argument') }} || '. '
        || '{{ change }}' as message
    from seed
    where rule not in ('source_priority', 'never') and argument is not null
    union all
    select
        place || 'most_complete orders addresses, and every value of another field is '
        || 'whole. {{ change }}' as message
    from seed
    where rule = 'most_complete' and field <> 'address'
    union all
    select
        'survivorship has no rule that orders the values of field '
        || known_fields.field || '. Add one, such as ' || known_fields.field
        || ',1,most_recent.' as message
    from known_fields
    left join ordering
        on known_fields.field = ordering.field
    where ordering.field is null
    union all
    select
        'survivorship, field ' || field || ': ' || rule || ' stands '
        || cast(count(*) as {{ text }}) || ' times. Keep the first, as the others '
        || 'decide nothing.' as message
    from ordering
    where rule <> 'source_priority'
    group by field, rule
    having count(*) > 1
    union all
    select
        wedged.place || wedged.rule || ' stands between rows of '
        || 'source_priority, which are one rule. Put those next to each other.'
            as message
    from ordering as wedged
    inner join ordering as earlier
        on
            wedged.field = earlier.field
            and wedged.rule_order > earlier.rule_order
            and earlier.rule = 'source_priority'
    inner join ordering as later
        on
            wedged.field = later.field
            and wedged.rule_order < later.rule_order
            and later.rule = 'source_priority'
    where wedged.rule <> 'source_priority'
    group by wedged.place, wedged.rule

)

select * from final

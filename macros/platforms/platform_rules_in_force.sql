{% macro platform_rules_in_force(fields) %}
    {#- Newest first: a row is in force when no newer one is valid by the as-of date. -#}
    {%- set as_of_date = segmentation.as_of_date() %}
    select
        rules.platform,
        rules.field,
        rules.rule,
        rules.encoding,
        rules.valid_from
    from {{ ref('platform_rules') }} as rules
    left join {{ ref('platform_rules') }} as newer
        on
            rules.platform = newer.platform
            and rules.field = newer.field
            and rules.valid_from < newer.valid_from
            and newer.valid_from <= {{ as_of_date }}
    where
        rules.valid_from <= {{ as_of_date }}
        and newer.platform is null
        and rules.field in ('{{ fields | join("', '") }}')
{%- endmacro %}

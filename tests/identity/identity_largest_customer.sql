{{ config(severity='warn', meta={'explains': true}) }}

{#- People have tens of records; hundreds come from a value that many people share. -#}
{%- set most_records = 100 %}

select
    'Customer ' || customer_id || ' has '
    || cast(record_count as {{ dbt.type_string() }})
    || ' records; expected {{ most_records }} at most. An identifier or a rule joins '
    || 'what is not one person: identity__customer_health shows its weakest link. '
    || 'Block the value in blocked_identifiers, lower its limit in '
    || 'identifier_limits, or exclude the pair.' as message
from {{ ref('identity__customers') }}
where record_count > {{ most_records }} and customer_type <> 'anonymous'

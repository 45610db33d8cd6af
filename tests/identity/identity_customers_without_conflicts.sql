{{ config(severity='warn', meta={'explains': true}) }}

{#- A few customers marry, move or mistype; where one in twenty contradicts itself, the
    edges are wrong. -#}
{%- set highest_share = 0.05 %}

select
    cast(sum(case when conflict_count > 0 then 1 else 0 end) as {{ dbt.type_string() }})
    || ' of ' || cast(count(*) as {{ dbt.type_string() }})
    || ' customers of several records hold a pair that speaks against one person; '
    || 'expected {{ (100 * highest_share) | int }}% at most. Look at them in '
    || 'identity__customer_health (conflict_count); train identity weights again, or '
    || 'make the rules in identity_rules stricter.' as message
from {{ ref('identity__customer_health') }}
having
    sum(case when conflict_count > 0 then 1 else 0 end) > {{ highest_share }} * count(*)

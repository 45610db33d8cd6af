{{ config(severity='warn', meta={'explains': true}) }}

{#- Rather too high than too low, so what is below this is low. -#}
{%- set lowest_recall = 0.8 %}

select
    'Of ' || cast(round(estimated_pair_count) as {{ dbt.type_string() }})
    || ' estimated pairs of records of one person '
    || cast(pair_count as {{ dbt.type_string() }}) || ' were found; expected '
    || '{{ (100 * lowest_recall) | int }}% at least. Records of one person stay '
    || 'apart: train identity weights again, or add rules to identity_rules. '
    || 'int_identity__recaptured_pairs says how this is estimated.' as message
from {{ ref('int_identity__recaptured_pairs') }}
where recall_estimate < {{ lowest_recall }}

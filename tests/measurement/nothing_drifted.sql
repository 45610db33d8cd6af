{{ config(severity='warn', meta={'explains': true}) }}

{#- Against another season everything moves: then nobody is told. -#}

select
    'Drift of '
    || case
        when segment_set = 'all' then 'all customers'
        else segment_set || ' ' || segment_code
    end
    || ' in ' || item || ': ' || message || ' on '
    || cast(reference_date as {{ dbt.type_string() }}) || '. Found '
    || cast(cast(statistic as numeric(18, 3)) as {{ dbt.type_string() }})
    || '; expected at most '
    || cast(cast(bound as numeric(18, 3)) as {{ dbt.type_string() }})
    || ' when nothing changed. Find out whether customers, the market or a source '
    || 'changed (docs/drift.md), and whether its rule and offer still fit.' as message
from {{ ref('measurement__drift') }}
where is_alarm and not is_season_unknown
order by statistic / bound desc, kind asc, segment_set asc, segment_code asc, item asc

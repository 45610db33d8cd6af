-- How many of what was published for a date are in another segment by today's ids, rows
-- and rules, and why. Months are restated, so that this is where such causes show.
select
    restatements.as_of_date,
    restatements.segment_set,
    restatements.last_code as published_code,
    restatements.current_code,
    case
        when restatements.difference in ('added', 'gone', 'id_changed')
            then 'identity'
        when restatements.difference = 'unchanged' then 'none'
        else 'rules_parameters_or_late_rows'
    end as cause,
    count(*) as customer_count
from {{ ref('measurement__restatements') }} as restatements
group by
    restatements.as_of_date,
    restatements.segment_set,
    restatements.last_code,
    restatements.current_code,
    case
        when restatements.difference in ('added', 'gone', 'id_changed')
            then 'identity'
        when restatements.difference = 'unchanged' then 'none'
        else 'rules_parameters_or_late_rows'
    end
order by
    restatements.as_of_date asc,
    restatements.segment_set asc,
    restatements.last_code asc,
    restatements.current_code asc

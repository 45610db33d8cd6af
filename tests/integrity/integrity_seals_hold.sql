{{ config(meta={'explains': true}) }}

{#-
    What was published, foreseen or named must stay as it was sealed, also beside the
    roots that were committed. A warehouse that is younger than a root need not know it.
    Single rows of quarters that no grade rests on any more are left to a build of all
    rows and to `dbt test`; their roots are not.
-#}
{%- set run = segmentation.open_run_row() %}
{%- set text = dbt.type_string() %}
{%- set dataset = segmentation.rule_literal(var('segmentation_dataset')) %}

with ranked as (

    select
        seals.*,
        case when kind = 'label' then '' else run_id end as said_by,
        row_number() over (
            partition by
                kind,
                subject,
                case when kind = 'label' then dataset else run_id end
            order by sealed_at desc
        ) as recency_rank
    from {{ ref('measurement__seals') }} as seals
    where kind <> 'label' or dataset = {{ dataset }}

),

seals as (

    -- Of rows that are all erased the last seal says so.
    select * from ranked
    where recency_rank = 1 and row_count > 0

),

last_seal as (

    select max(sealed_at) as sealed_at
    from seals

),

found as (

    select
        coalesce(run_id, '') as said_by,
        kind,
        subject,
        content
    from {{ ref('int_measurement__sealed_content') }}

),

compared as (

    select
        coalesce(seals.kind, found.kind) as kind,
        coalesce(seals.subject, found.subject) as subject,
        coalesce(seals.said_by, found.said_by) as said_by,
        seals.content as sealed,
        found.content as found,
        seals.sealed_at
    from seals
    full outer join found
        on
            seals.kind = found.kind
            and seals.subject = found.subject
            and seals.said_by = found.said_by

),

changed as (

    select compared.*
    from compared
    cross join last_seal
    left join {{ ref('measurement__releases') }} as releases
        on compared.said_by = releases.run_id
    where
        compared.sealed <> compared.found
        or (compared.sealed is not null and compared.found is null)
        -- Each release seals what those before it have left unsealed.
        or (
            compared.sealed is null
            and (
                compared.kind = 'forecasts'
                or releases.released_at <= last_seal.sealed_at
            )
        )

),

rows_changed as (

    select
        forecasts.quarter,
        forecasts.customer_id
    from {{ ref('measurement__forecasts') }} as forecasts
    left join seals
        on
            forecasts.run_id = seals.said_by
            and forecasts.quarter = seals.subject
            and seals.kind = 'forecasts'
    where
        (
            forecasts.sealed_at <> seals.sealed_at
            or (
                forecasts.customer_id is not null
                and forecasts.row_hash <> {{ segmentation.forecast_hash() }}
            )
        )
        {% if run and run.is_continued %}
        and forecasts.quarter_end_date >= {{ segmentation.date_literal(
            segmentation.panel_dates() | map(attribute='date') | min
        ) }}
        {% endif %}

),

roots as (

    select
        roots.quarter,
        roots.root,
        roots.sealed_at,
        compared.found,
        compared.sealed_at as recorded_at
    from {{ ref('forecast_roots') }} as roots
    left join compared
        on
            roots.quarter = compared.subject
            and compared.kind = 'forecasts'
    where
        roots.dataset = {{ dataset }}
        and (
            compared.found is not null
            or exists (
                select 1
                from {{ ref('measurement__releases') }} as releases
                where releases.released_at <= roots.sealed_at
            )
        )

),

final as (

    select
        case kind
            when 'label'
                then
                    'Cluster ' || subject || ' was published with the code ' || sealed
                    || ', and the seed cluster_labels says '
                    || coalesce(found, 'nothing of it') || '. Its members are known '
                    || 'by that code: give it back, and say in segment_label what '
                    || 'people should read.'
            else
                case kind
                    when 'forecasts' then 'The forecasts of ' || subject
                    else
                        'The published memberships of ' || subject || ', of release '
                        || said_by || ','
                end
                || ' were changed after they were sealed: measurement__'
                || case kind
                    when 'memberships' then 'published_memberships' else kind
                end
                || ' has ' || coalesce('rows with the hash ' || found, 'no rows')
                || '; expected ' || coalesce('the hash ' || sealed, 'none')
                || '. Bring the ledger back from an export of before.'
        end as message
    from changed

    union all

    select
        'The forecast of ' || quarter || ' for customer '
        || coalesce(customer_id, '(erased)')
        || ' was changed after it was sealed: its row in measurement__forecasts does '
        || 'not give its row_hash, or the time of the seal. Bring the ledger back from '
        || 'an export of before.' as message
    from rows_changed

    union all

    select
        'The forecasts of ' || quarter || ' do not give the root that was committed '
        || 'to the seed forecast_roots: measurement__forecasts has '
        || coalesce(
            'the root ' || found || ', sealed at '
            || cast(recorded_at as {{ text }}), 'no rows'
        )
        || '; expected ' || root || ' at ' || cast(sealed_at as {{ text }})
        || '. Bring the ledger back from an export of before, or the seed from its '
        || 'first commit.' as message
    from roots
    where
        found is null
        or found <> root
        or recorded_at is null
        or recorded_at <> sealed_at

)

select * from final
-- A run without rows shows none of what was recorded either.
where {{ 'false' if segmentation.is_sample() else 'true' }}

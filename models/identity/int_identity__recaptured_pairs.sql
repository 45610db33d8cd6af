{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#- Fewer leave the estimate biased (Robson and Regier, 1964). -#}
{%- set least_recaptured = 7 %}
{%- set estimate = segmentation.ratio(
    '(identifier_pair_count + 1) * (description_pair_count + 1)',
    'recaptured_pair_count + 1',
) %}
{%- set recall = segmentation.ratio('pair_count', 'estimated_pair_count') %}

-- Both passes can find a record that has an identifier and a name.
with records as (

    select record_number
    from {{ ref('int_identity__compared_records') }}
    where
        coalesce(email, phone, national_id) is not null
        and coalesce(first_name, last_name) is not null

),

passes as (

    select
        candidates.by_identifier,
        candidates.by_description
    from {{ ref('int_identity__candidate_pairs') }} as candidates
    inner join {{ ref('int_identity__pattern_verdicts') }} as verdicts
        on candidates.pattern_code = verdicts.pattern_code
    inner join records as one on candidates.node_a = one.record_number
    inner join records as two on candidates.node_b = two.record_number
    where verdicts.rule_code is not null

),

counted as (

    select
        cast(count(*) as bigint) as pair_count,
        cast(coalesce(sum(by_identifier), 0) as bigint) as identifier_pair_count,
        cast(coalesce(sum(by_description), 0) as bigint) as description_pair_count,
        cast(coalesce(sum(by_identifier * by_description), 0) as bigint)
            as recaptured_pair_count
    from passes

),

estimated as (

    select
        *,
        case
            when recaptured_pair_count >= {{ least_recaptured }}
                then {{ estimate }} - 1
        end as estimated_pair_count
    from counted

),

final as (

    select
        pair_count,
        identifier_pair_count,
        description_pair_count,
        recaptured_pair_count,
        cast(estimated_pair_count as numeric(18, 9)) as estimated_pair_count,
        cast(
            case
                when estimated_pair_count < pair_count then 1
                else {{ recall }}
            end as numeric(18, 9)
        ) as recall_estimate
    from estimated

)

select * from final

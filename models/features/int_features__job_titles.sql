{{ config(schema=segmentation.segmentation_schema('internal')) }}

with titles as (

    select job_title
    from {{ ref('input__customer_records') }}
    where job_title is not null
    union distinct
    select attribute_value as job_title
    from {{ ref('input__customer_attributes') }}
    where attribute_name = 'job_title' and attribute_value is not null

),

-- Whole words can be asked for where nothing but blanks parts them.
spelled as (

    select
        job_title,
        ' ' || {{ segmentation.blanks_only('lower(job_title)') }} || ' ' as words
    from titles

),

matched as (

    select
        spelled.job_title,
        patterns.job_title_group,
        row_number() over (
            partition by spelled.job_title
            order by
                patterns.priority asc,
                {{ segmentation.binary_order('patterns.pattern') }} asc
        ) as pattern_rank
    from spelled
    inner join {{ ref('job_title_groups') }} as patterns
        on spelled.words like patterns.pattern

),

final as (

    select
        spelled.job_title,
        coalesce(matched.job_title_group, 'other') as job_title_group
    from spelled
    left join matched
        on spelled.job_title = matched.job_title and matched.pattern_rank = 1

)

select * from final

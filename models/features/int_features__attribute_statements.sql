{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

{%- set own = ['gender', 'region', 'country_code', 'birth_date', 'job_title'] %}
{%- set no_text = 'cast(null as ' ~ dbt.type_string() ~ ')' %}
{%- set long_ago = "cast('1900-01-01' as timestamp)" %}

with records as (

    select * from {{ ref('input__customer_records') }}
    where not coalesce(is_deleted, false)

),

links as (

    select
        source_system,
        source_customer_id,
        account_id,
        coalesce(updated_at, {{ long_ago }}) as linked_at,
        lead(updated_at) over (
            partition by source_system, source_customer_id
            order by coalesce(updated_at, {{ long_ago }}) asc
        ) as unlinked_at
    from records
    where account_id is not null

),

accounts as (

    select
        source_system,
        account_id,
        industry,
        case
            when employee_count between 1 and 9 then '1-9'
            when employee_count between 10 and 49 then '10-49'
            when employee_count between 50 and 249 then '50-249'
            when employee_count between 250 and 999 then '250-999'
            when employee_count >= 1000 then '1000+'
        end as account_size_band,
        coalesce(is_deleted, false) as is_deleted,
        coalesce(updated_at, {{ long_ago }}) as known_at,
        lead(updated_at) over (
            partition by source_system, account_id
            order by coalesce(updated_at, {{ long_ago }}) asc
        ) as replaced_at
    from {{ ref('input__accounts') }}

),

-- What an account is counts for its people while they belong to it.
linked as (

    select
        links.source_system,
        links.source_customer_id,
        accounts.industry,
        accounts.account_size_band,
        greatest(links.linked_at, accounts.known_at) as observed_at
    from links
    inner join accounts
        on
            links.account_id = accounts.account_id
            and {{ segmentation.is_account_of('links', 'accounts') }}
            and (links.unlinked_at > accounts.known_at or links.unlinked_at is null)
            and (links.linked_at < accounts.replaced_at or accounts.replaced_at is null)
    where not accounts.is_deleted

),

stated as (

    select
        source_system,
        source_customer_id,
        attribute_name,
        attribute_value,
        lower(attribute_group) as attribute_group,
        provider,
        licence,
        observed_at,
        expires_at
    from {{ ref('input__customer_attributes') }}
    {% for name in own + ['account_id'] %}
    union all
    select
        source_system,
        source_customer_id,
        '{{ name }}' as attribute_name,
        cast({{ name }} as {{ dbt.type_string() }}) as attribute_value,
        'demographic' as attribute_group,
        {{ no_text }} as provider,
        {{ no_text }} as licence,
        updated_at as observed_at,
        cast(null as timestamp) as expires_at
    from records
    {% endfor %}
    {% for name in ['industry', 'account_size_band'] %}
    union all
    select
        source_system,
        source_customer_id,
        '{{ name }}' as attribute_name,
        {{ name }} as attribute_value,
        'demographic' as attribute_group,
        {{ no_text }} as provider,
        {{ no_text }} as licence,
        nullif(observed_at, {{ long_ago }}) as observed_at,
        cast(null as timestamp) as expires_at
    from linked
    {% endfor %}

),

final as (

    select
        stated.source_system,
        stated.source_customer_id,
        case
            when stated.attribute_name = 'job_title' then 'job_title_group'
            else stated.attribute_name
        end as attribute_name,
        coalesce(titles.job_title_group, stated.attribute_value) as attribute_value,
        stated.attribute_group,
        stated.provider,
        stated.licence,
        {{ segmentation.local_date('stated.observed_at') }} as observed_date,
        {{ segmentation.local_date('stated.expires_at') }} as expired_date,
        stated.observed_at
    from stated
    left join {{ ref('int_features__job_titles') }} as titles
        on
            stated.attribute_name = 'job_title'
            and stated.attribute_value = titles.job_title
    where stated.attribute_value is not null

)

select * from final

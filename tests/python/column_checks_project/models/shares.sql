{%- set is_wrong = env_var('COLUMN_CHECKS_WRONG', '') -%}

select
    cast(null as integer) as untested,
    1 as customer_number,
    {{ 2 if is_wrong else 1 }} as share_key,
    cast({{ 'null' if is_wrong else "'c1'" }} as {{ dbt.type_string() }}) as customer,
    '{{ "it''s" if is_wrong else "gold" }}' as tier,
    {{ 1.01 if is_wrong else 1.00 }} as highest_share,
    {{ -0.01 if is_wrong else 0.00 }} as lowest_share
union all
select
    null as untested,
    2 as customer_number,
    2 as share_key,
    cast({{ 'null' if is_wrong else "'c2'" }} as {{ dbt.type_string() }}) as customer,
    null as tier,
    null as highest_share,
    null as lowest_share

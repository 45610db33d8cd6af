{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- do segmentation.require_columns(
    ref('segment_content'), ['segment_code', 'slot', 'text_id', 'text', 'reviewed_on']
) %}
{%- set slots = segmentation.content_slots() %}
{%- set shared = 'crm_value_proposition' %}

with expected as (

    {% for code in segmentation.content_segments() %}
    select
        '{{ code }}' as segment_code,
        '{{ code if code == 'default' else segmentation.neutral_code(code) }}'
            as neutral_code
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- What nobody has approved, or cannot be told from its next version, is not shown.
written as (

    select
        segment_code,
        slot,
        trim(cast(text_id as {{ dbt.type_string() }})) as text_id,
        trim(cast(text as {{ dbt.type_string() }})) as text
    from {{ ref('segment_content') }}
    where
        nullif(trim(cast(text_id as {{ dbt.type_string() }})), '') is not null
        and nullif(trim(cast(text as {{ dbt.type_string() }})), '') is not null
        and reviewed_on is not null
    union all
    select
        playbook.segment_code,
        '{{ shared }}' as slot,
        playbook.segment_code || '_{{ shared }}_'
        || substring({{ dbt.hash('playbook.value_proposition') }}, 1, 8) as text_id,
        playbook.value_proposition as text
    from {{ ref('segments__playbook') }} as playbook
    left join {{ ref('segment_content') }} as own
        on
            playbook.segment_code = own.segment_code
            and own.slot = '{{ shared }}'
    where
        playbook.segment_set = 'primary'
        and nullif(trim(playbook.value_proposition), '') is not null
        and own.segment_code is null

),

final as (

    select
        expected.segment_code,
        {% for slot in slots %}
        max(case when written.slot = '{{ slot }}' then written.text_id end)
            as {{ slot }}_id,
        max(case when written.slot = '{{ slot }}' then written.text end) as {{ slot }},
        {% endfor %}
        expected.neutral_code
    from expected
    left join written on expected.segment_code = written.segment_code
    group by expected.segment_code, expected.neutral_code

)

select * from final

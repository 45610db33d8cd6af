{{ config(meta={'explains': true}) }}

{%- set text = dbt.type_string() %}
{%- set slots = segmentation.content_slots() %}
{%- set web = segmentation.content_slots('web') %}

with content as (

    select * from {{ ref('int_activation__content') }}

),

missing as (

    {% for slot in slots %}
    select
        segment_code,
        '{{ slot }}' as slot,
        {{ loop.index }} as slot_number
    from content
    where
        {{ slot }} is null
        and (segment_code <> 'default' or {{ 'true' if slot in web else 'false' }})
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

lacking as (

    select
        segment_code,
        {{ dbt.listagg('slot', "', '", 'order by slot_number') }} as slots
    from missing
    group by segment_code

),

copies as (

    select
        segment_code,
        slot,
        count(*) as row_count
    from {{ ref('segment_content') }}
    group by segment_code, slot

),

names as (

    select
        text_id,
        count(distinct text) as text_count
    from {{ ref('segment_content') }}
    group by text_id

)

select
    'Segment ' || segment_code || ' has no reviewed text for ' || slots || '. Every '
    || 'segment of segmentation_segments, otherwise and default needs its own: add a '
    || 'line for each, with segment_code, slot, text_id, text and reviewed_on, to the '
    || 'seed segment_content.' as message
from lacking
union all
select
    'Segment ' || segment_code || ' has ' || cast(row_count as {{ text }})
    || ' texts for ' || slot || ' in the seed segment_content; keep one.' as message
from copies
where row_count > 1
union all
select
    'The seed segment_content has the slot ' || slot || ' for ' || segment_code
    || ', which nothing shows. Slots are ' || '{{ slots | join(", ") }}.' as message
from copies
where
    slot not in (
        {% for slot in slots %}
        '{{ slot }}'{{ ',' if not loop.last }}
        {% endfor %}
    )
union all
select
    'The text_id ' || text_id || ' names ' || cast(text_count as {{ text }})
    || ' texts in the seed segment_content; give each its own.' as message
from names
where text_count > 1

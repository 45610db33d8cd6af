{{ config(meta={'explains': true}) }}

{#- Browsers keep cookies of 4,096 bytes (RFC 6265, 6.1): a row fits into one. -#}
{%- set text = dbt.type_string() %}
{%- set most = 4096 %}
{%- set columns = ['visitor_key'] %}
{%- for slot in segmentation.content_slots('web') %}
{%- set name = slot | replace('web_', '') %}
{%- do columns.extend([name ~ '_key', name]) %}
{%- endfor %}

-- All rows of a segment are alike but for the key, and keys are of one length.
with sizes as (

    select
        visitor_key,
        segment_key,
        {{ segmentation.json_bytes(columns + ['segment_key']) }} as byte_count,
        count(*) over (partition by segment_key) as row_count,
        row_number() over (
            partition by segment_key
            order by {{ segmentation.binary_order('visitor_key') }} asc
        ) as row_rank
    from {{ ref('activation__web_personalization') }}

)

select
    'The row ' || visitor_key || ' of activation__web_personalization has '
    || cast(byte_count as {{ text }}) || ' bytes as JSON; expected at most '
    || '{{ most }}. It is one of ' || cast(row_count as {{ text }})
    || ' rows with the segment_key ' || segment_key
    || ': shorten the texts of its web slots in the seed segment_content.' as message
from sizes
where row_rank = 1 and byte_count > {{ most }}

{{ segmentation.panel_row_config('internal') }}

{%- set run = segmentation.run_to_continue() %}

with final as (

    {{ segmentation.assigned_clusters('psychographic', run) }}

)

select * from final

{{ segmentation.panel_row_config('internal') }}

{{ segmentation.assigned_clusters('behavior', segmentation.run_to_continue()) }}

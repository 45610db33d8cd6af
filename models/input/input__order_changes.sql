{{ segmentation.input_config('order_changes') }}

{{ segmentation.kept_rows('order_changes') }}

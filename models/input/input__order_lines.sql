{{ segmentation.input_config('order_lines') }}

{{ segmentation.kept_rows('order_lines') }}

{{ segmentation.input_config('customer_records') }}

{{ segmentation.kept_rows('customer_records') }}

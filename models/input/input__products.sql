{{ segmentation.input_config('products') }}

{{ segmentation.kept_rows('products') }}

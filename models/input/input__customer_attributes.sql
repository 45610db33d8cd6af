{{ segmentation.input_config('customer_attributes') }}

{{ segmentation.kept_rows('customer_attributes') }}

{{ segmentation.input_config('ad_spend') }}

{{ segmentation.kept_rows('ad_spend') }}

{{ segmentation.input_config('accounts') }}

{{ segmentation.kept_rows('accounts') }}

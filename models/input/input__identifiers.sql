{{ segmentation.input_config('identifiers') }}

{{ segmentation.kept_rows('identifiers') }}

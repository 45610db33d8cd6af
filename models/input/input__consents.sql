{{ segmentation.input_config('consents') }}

{{ segmentation.kept_rows('consents') }}

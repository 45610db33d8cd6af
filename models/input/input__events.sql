{{ segmentation.input_config('events') }}

{{ segmentation.kept_rows('events') }}

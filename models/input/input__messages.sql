{{ segmentation.input_config('messages') }}

{{ segmentation.kept_rows('messages') }}

{{ segmentation.input_config('campaigns') }}

{{ segmentation.kept_rows('campaigns') }}

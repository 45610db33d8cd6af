{{ segmentation.input_config('survey_responses') }}

{{ segmentation.kept_rows('survey_responses') }}

{{ segmentation.input_config('social_interactions') }}

{{ segmentation.kept_rows('social_interactions') }}

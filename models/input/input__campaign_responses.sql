{{ segmentation.input_config('campaign_responses') }}

{{ segmentation.kept_rows('campaign_responses') }}

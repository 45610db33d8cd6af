{{ segmentation.input_config('campaign_exposures') }}

{{ segmentation.kept_rows('campaign_exposures') }}

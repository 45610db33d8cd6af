{{ segmentation.input_config('support_tickets') }}

{{ segmentation.kept_rows('support_tickets') }}

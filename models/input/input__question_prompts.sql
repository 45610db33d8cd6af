{{ segmentation.input_config('question_prompts') }}

{{ segmentation.kept_rows('question_prompts') }}

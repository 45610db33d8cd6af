{% test unique_grain(model, columns, only_at_as_of=false) %}

{{ segmentation.repeated_keys(model, columns, only_at_as_of) }}

{% endtest %}

{% macro known_attributes() %}
    {#-
        A stated unknown is not known. The age band follows from the day of birth too, as
        `features__demographics` has it.
    -#}
    {%- set as_of = segmentation.as_of_date() %}
    select
        spans.customer_id,
        spans.attribute_name,
        spans.attribute_value
    from {{ ref('int_features__attribute_spans') }} as spans
    where
        spans.valid_from <= {{ as_of }}
        and (spans.replaced_date > {{ as_of }} or spans.replaced_date is null)
        and spans.attribute_name <> 'age_band'
        and lower(spans.attribute_value) <> 'unknown'
    union all
    select
        customer_id,
        'age_band' as attribute_name,
        age_band as attribute_value
    from {{ ref('int_activation__customers') }}
    where lower(age_band) <> 'unknown'
{% endmacro %}

{% macro forecast_hash() %}
    {#-
        Of all that a forecast says. Numbers as decimals, whose text is the same on every
        engine and in each of its versions.
    -#}
    {%- set parts = ['quarter', 'customer_id', 'primary_segment', 'value_tier',
        'value_version', 'as_of_date', 'quarter_start_date', 'quarter_end_date'] -%}
    {%- for number in ['order_probability', 'expected_orders', 'orders_variance',
        'expected_revenue', 'revenue_variance'] -%}
        {%- do parts.append('cast(' ~ number ~ ' as numeric(28, 9))') -%}
    {%- endfor -%}
    {{ return(segmentation.sha256_hex(segmentation.row_text(parts))) }}
{% endmacro %}

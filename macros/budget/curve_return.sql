{% macro curve_return(spend_cents) %}
    {#-
        Return of a spend in cents along a piece of a curve. A concave curve of straight
        lines is the least of its lines, so the minimum over pieces is its value.
    -#}
    {{ return(
        "case when pieces.form = 'saturating' then pieces.at_return * "
        ~ "(1 - " ~ segmentation.exp_floored(
            '-(' ~ spend_cents ~ ' / (100 * pieces.at_spend))'
        ) ~ ") else pieces.at_return + pieces.slope * (" ~ spend_cents
        ~ " / 1e2 - pieces.at_spend) end"
    ) }}
{% endmacro %}

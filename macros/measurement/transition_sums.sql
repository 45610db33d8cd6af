{% macro transition_sums(amounts) %}
    {#- What paths add up to, whatever they are grouped by beside the two dates. -#}
        opens_on,
        closes_on,
        is_month,
        {% for name in amounts %}
        sum({{ name }}_amount) as {{ name }}_amount,
        max(largest_{{ name }}) as largest_{{ name }},
        {% endfor %}
        sum(grown_count) as grown_count,
        sum(shrunk_count) as shrunk_count,
        sum(acquired_count) as acquired_count,
        sum(customer_count) as customer_count
{%- endmacro %}

{% macro survivorship_fields() %}
    {#- Fields that survive one by one; `address` is all of its parts. -#}
    {{ return([
        'account_id', 'email', 'phone', 'first_name', 'last_name', 'gender', 'address',
        'job_title', 'birth_date',
    ]) }}
{% endmacro %}


{% macro address_parts() %}
    {{ return(['street_address', 'city', 'region', 'postal_code', 'country_code']) }}
{% endmacro %}


{% macro survivorship_rules() %}
    {#- Rules that order values, and the column that each orders by. -#}
    {{ return({
        'source_priority': 'source_rank',
        'most_complete': '-filled_part_count',
        'most_frequent': '-record_count',
        'most_recent': 'recency_rank',
        'longest': '-value_length',
    }) }}
{% endmacro %}

{% macro month_flows() %}
    {#-
        Who is in a segment at both ends of a month, who came and who left, and what they
        are worth: opening - recoded_out + recoded_in - moved_out - gone + moved_in + new
        + grown - shrunk makes closing. Recoded are those whom new parameters took from
        one segment to another, acquired those who first ordered in the month, with what
        that cost.
    -#}
    {%- set flows = [
        ['opening', 'opening', '1 = 1', 'customer', 'opening'],
        ['recoded_out', 'opening', 'recoded_code <> opening_code', 'customer',
         'opening'],
        ['recoded_in', 'recoded', 'recoded_code <> opening_code', 'customer',
         'opening'],
        ['moved_out', 'recoded', 'closing_code <> recoded_code', 'customer', 'opening'],
        ['gone', 'recoded', 'closing_code is null', 'customer', 'opening'],
        ['moved_in', 'closing', 'closing_code <> recoded_code', 'customer', 'closing'],
        ['new', 'closing', 'opening_code is null', 'customer', 'closing'],
        ['grown', 'closing', 'closing_code = recoded_code', 'grown', 'grown'],
        ['shrunk', 'closing', 'closing_code = recoded_code', 'shrunk', 'shrunk'],
        ['closing', 'closing', '1 = 1', 'customer', 'closing'],
        ['acquired', 'closing', '1 = 1', 'acquired', 'marketing'],
    ] -%}
    {%- set named = [] -%}
    {%- for name, side, condition, people, measure in flows -%}
        {%- do named.append({
            'name': name, 'side': side, 'condition': condition, 'people': people,
            'measure': measure,
        }) -%}
    {%- endfor -%}
    {{ return(named) }}
{% endmacro %}


{% macro month_activity() %}
    {#- What customers did in a month, and what was done for them. -#}
    {{ return([
        'order', 'gross', 'discount', 'refunded', 'revenue', 'margin', 'message',
        'ticket',
    ]) }}
{% endmacro %}


{% macro activity_sums() %}
        sum(ordering_count) as ordering_count,
        sum(contacted_count) as contacted_count,
        {% for name in segmentation.month_activity() %}
        sum({{ name }}_total) as {{ name }}_total,
        max(largest_{{ name }}) as largest_{{ name }},
        {% endfor %}
        sum(margin_revenue_total) as margin_revenue_total
{%- endmacro %}

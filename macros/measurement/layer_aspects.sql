{% macro layer_aspects() %}
    {#-
        What each layer of segmentation rests on, from demographic to value. An aspect
        is seen in rows of an entity or in columns of `features__customers`.
    -#}
    {{ return([
        {'layer': 'demographic', 'name': 'age', 'family': 'crm',
         'needs': 'birth dates or an attribute age_band', 'features': ['age_band']},
        {'layer': 'demographic', 'name': 'gender', 'family': 'crm',
         'needs': 'records or an attribute with gender', 'features': ['gender']},
        {'layer': 'demographic', 'name': 'place', 'family': 'crm',
         'needs': 'records or attributes with region or country_code',
         'features': ['region', 'country_code']},
        {'layer': 'demographic', 'name': 'household', 'family': 'crm',
         'needs': 'attributes such as household_size',
         'features': ['household_size', 'household_composition', 'children_count']},
        {'layer': 'demographic', 'name': 'income', 'family': 'crm',
         'needs': 'an attribute income_band', 'features': ['income_band']},
        {'layer': 'behavioral', 'name': 'purchase_frequency', 'family': 'transactions',
         'needs': 'orders', 'rows': [('orders', 'true')]},
        {'layer': 'behavioral', 'name': 'product_use', 'family': 'web',
         'needs': 'events with the surface product',
         'rows': [('events', "lower(surface) = 'product'")]},
        {'layer': 'behavioral', 'name': 'web_engagement', 'family': 'web',
         'needs': 'events with the surface web or app',
         'rows': [('events', "coalesce(lower(surface), 'web') <> 'product'")]},
        {'layer': 'behavioral', 'name': 'message_interaction', 'family': 'email',
         'needs': 'messages opened or clicked by people', 'rows': [(
            'messages',
            "event_type in ('opened', 'clicked') and not coalesce(is_machine, false)"
        )]},
        {'layer': 'behavioral', 'name': 'channel_preference', 'family': 'transactions',
         'needs': 'orders with a channel',
         'rows': [('orders', 'channel is not null')]},
        {'layer': 'psychographic', 'name': 'stated_attitudes', 'family': 'crm',
         'needs': 'survey_responses or attributes of the group psychographic',
         'rows': [
            ('survey_responses', 'true'),
            ('customer_attributes', "attribute_group = 'psychographic'"),
        ]},
        {'layer': 'psychographic', 'name': 'scored_traits', 'family': 'crm',
         'needs': 'three answers to questions that the seed survey_questions lists',
         'features': ['leading_trait']},
        {'layer': 'value', 'name': 'spend', 'family': 'transactions',
         'needs': 'orders with a net_amount', 'rows': [('orders', 'net_amount > 0')]},
        {'layer': 'value', 'name': 'value_rank', 'family': 'transactions',
         'needs': 'orders that cover a window', 'features': ['monetary_score']},
        {'layer': 'value', 'name': 'expected_value', 'family': 'transactions',
         'needs': 'parameters of this data set, which segment train value learns',
         'features': ['expected_orders_90d']},
        {'layer': 'value', 'name': 'margin', 'family': 'transactions',
         'needs': 'orders with a margin_amount',
         'rows': [('orders', 'margin_amount is not null')]},
        {'layer': 'value', 'name': 'first_order', 'family': 'crm',
         'needs': 'customers without an order, and parameters of this data set, which '
            ~ 'segment train value learns from 100 first orders in a quarter',
         'features': ['first_order_probability_90d']},
    ]) }}
{% endmacro %}


{% macro aspect_condition(aspect, entity) %}
    {#- Which rows of the entity show the aspect; none for other entities. -#}
    {%- for row_entity, condition in aspect.get('rows', []) if row_entity == entity -%}
        {{ return(condition) }}
    {%- endfor -%}
    {{ return('1 = 0') }}
{% endmacro %}


{% macro known_feature(features) %}
    {#- 1 where one of the features says something. -#}
    {%- set parts = [] -%}
    {%- for feature in features -%}
        {%- do parts.append(
            "coalesce(cast(features." ~ feature ~ " as " ~ dbt.type_string()
            ~ "), 'unknown') <> 'unknown'"
        ) -%}
    {%- endfor -%}
    {{ return('case when ' ~ parts | join(' or ') ~ ' then 1 else 0 end') }}
{% endmacro %}


{% macro positive_count(names) %}
    {#- How many of the columns are positive. -#}
    {%- set parts = [] -%}
    {%- for name in names -%}
        {%- do parts.append('case when ' ~ name ~ ' > 0 then 1 else 0 end') -%}
    {%- endfor -%}
    {{ return(parts | join(' + ')) }}
{% endmacro %}

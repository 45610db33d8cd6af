{% macro entity_contract(entity) %}
    {#- The YAML of `input__<entity>` is the only list of its columns. -#}
    {#- By its key: reading all nodes costs dbt more than the rest of a model. -#}
    {%- set node = graph.nodes.get('model.segmentation.input__' ~ entity) -%}
    {%- if not node -%}
        {{ exceptions.raise_compiler_error(
            "No model input__" ~ entity ~ ": '" ~ entity ~ "' is not an entity. "
            ~ "Entities are " ~ segmentation.entity_names() | join(', ') ~ "."
        ) }}
    {%- endif -%}
    {%- set columns = [] -%}
    {%- for column in node.columns.values() -%}
        {%- set meta = column.config.meta or {} -%}
        {%- do columns.append({
            'name': column.name,
            'data_type': column.data_type,
            'required': meta.get('required', false),
            'money': meta.get('money', false),
            'accepted': meta.get('accepted', []),
            'not_negative': meta.get('not_negative', false),
        }) -%}
    {%- endfor -%}
    {#- A null is no value to join on: rows of a key agree in what must be there. -#}
    {%- set joined_key = [] -%}
    {%- for column in columns
        if column.required and column.name in node.config.meta['key'] -%}
        {%- do joined_key.append(column.name) -%}
    {%- endfor -%}
    {{ return({
        'name': entity,
        'columns': columns,
        'key': node.config.meta['key'],
        'joined_key': joined_key,
        'event_time': node.config.meta.get('event_time'),
        'dated_by': node.config.meta.get('dated_by'),
        'passthrough': segmentation.setting('passthrough').get(entity, []),
        'sources': segmentation.entity_sources(entity),
    }) }}
{% endmacro %}


{% macro entity_sources(entity) %}
    {%- set sources = segmentation.setting('sources').get(entity) or [] -%}
    {%- if sources is string or sources is not sequence -%}
        {%- do segmentation.refuse([
            "segmentation_sources." ~ entity ~ " is '" ~ sources ~ "'; write a list of "
            ~ "sources such as [shop, pos]."
        ]) -%}
    {%- endif -%}
    {{ return(sources) }}
{% endmacro %}


{% macro entity_names() %}
    {{ return([
        'customer_records', 'accounts', 'customer_attributes', 'identifiers',
        'products', 'orders', 'order_changes', 'order_lines', 'events', 'messages',
        'support_tickets', 'social_interactions', 'survey_responses',
        'question_prompts', 'consents', 'campaigns', 'campaign_exposures',
        'campaign_responses', 'ad_spend',
    ]) }}
{% endmacro %}

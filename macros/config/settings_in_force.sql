{% macro settings_in_force() %}
    {#- As JSON what no file says: each variable as the project resolves it. -#}
    {%- if not execute -%}{{ return('{}') }}{%- endif -%}
    {%- set problems = [] -%}
    {%- do segmentation.check_settings(problems) -%}
    {%- do segmentation.check_sources(problems) -%}
    {%- do segmentation.check_segments(problems) -%}
    {%- do problems.extend(segmentation.channel_problems()) -%}
    {%- do problems.extend(segmentation.scorecard_problems()) -%}
    {%- do problems.extend(segmentation.sensitive_problems()) -%}
    {%- do segmentation.check_schemas(problems) -%}
    {%- set sources = {} -%}
    {%- for entity in segmentation.entity_names() -%}
        {%- do sources.update({entity: segmentation.entity_sources(entity)}) -%}
    {%- endfor -%}
    {%- set rules = {} -%}
    {%- for set_name in segmentation.rule_set_names() -%}
        {%- do rules.update({set_name: segmentation.rules_of(set_name)}) -%}
    {%- endfor -%}
    {{ return(tojson({
        'dataset': var('segmentation_dataset'),
        'timezone': segmentation.setting('timezone'),
        'currency': segmentation.setting('currency'),
        'as_of': segmentation.as_of_value(),
        'value_tiers': var('segmentation_value_tiers'),
        'quarantine_max_share': var('segmentation_quarantine_max_share'),
        'definitions': segmentation.definitions_hash(),
        'state': segmentation.state_settings_hash(),
        'sources': sources,
        'passthrough': segmentation.setting('passthrough'),
        'channels': var('segmentation_channels') | map(attribute='code') | list,
        'sets': segmentation.segment_sets().values() | list,
        'rules': rules,
        'problems': problems,
    })) }}
{% endmacro %}

{% macro declared_audiences() %}
    {#- The declared audiences as rows, and none without any. -#}
    {%- set text = dbt.type_string() -%}
    {%- set uses = segmentation.audience_uses() -%}
    {%- for audience in segmentation.audiences() %}
    select
        {{ segmentation.text_literal(audience.code) }} as audience_code,
        {{ segmentation.text_literal(audience.kind) }} as audience_kind,
        {{ segmentation.text_literal(audience.channel) }} as channel,
        {{ segmentation.text_literal(audience.platforms | join(', ')) }} as platforms,
        {{ segmentation.text_literal(segmentation.rule_text(audience.when)) }}
            as rule_text,
        {{ segmentation.text_literal(audience.owner) }} as owner,
        {{ segmentation.text_literal(audience.experiment) }} as experiment_code,
        {{ segmentation.text_literal(audience.arm) }} as arm,
        {{ segmentation.text_literal(segmentation.describing_problem(audience, uses)) }}
            as describing_feature,
        cast({{ audience.size_floor }} as {{ dbt.type_bigint() }}) as size_floor,
        {{ segmentation.date_literal(audience.expires_on) }} as expires_date
    union all
    {%- endfor %}
    select
        {%- for name in ['audience_code', 'audience_kind', 'channel', 'platforms',
            'rule_text', 'owner', 'experiment_code', 'arm', 'describing_feature'] %}
        cast(null as {{ text }}) as {{ name }},
        {%- endfor %}
        cast(null as {{ dbt.type_bigint() }}) as size_floor,
        cast(null as date) as expires_date
    where 1 = 0
{% endmacro %}

{% macro audiences() %}
    {#- Audiences whose settings are whole, with what they leave out filled in. -#}
    {%- set found = [] -%}
    {%- set given = segmentation.setting('audiences') -%}
    {%- if segmentation.is_list(given) -%}
        {%- for entry in given if not segmentation.problems_of_audience(entry) -%}
            {%- set audience = {
                'channel': 'ads', 'platforms': [], 'value': none, 'experiment': none,
                'arm': none, 'size_floor': 100, 'expires_on': none,
            } -%}
            {%- do audience.update(entry) -%}
            {%- do found.append(audience) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}


{% macro activation_features() %}
    {#- What rules of audiences and experiments may name, with its type. -#}
    {%- set known = segmentation.base_code_types(segmentation.rule_features()) -%}
    {%- do known.update({
        'primary_segment': 'string', 'is_unlikely_first_buyer': 'boolean'
    }) -%}
    {{ return(known) }}
{% endmacro %}


{% macro audience_uses() %}
    {#- What each audience rests on, as `rule_uses` says of segments: what the codes rest
        on that it names counts as its own. -#}
    {%- set uses = [] -%}
    {%- set of_rules = segmentation.rule_uses() -%}
    {%- for audience in segmentation.audiences() -%}
        {%- for condition in segmentation.flat_conditions(audience.when) -%}
            {%- set feature = condition.feature -%}
            {%- set operator = (
                condition.keys() | reject('equalto', 'feature') | list
            )[0] -%}
            {%- set texts = segmentation.condition_texts(
                {'operator': operator, 'value': condition[operator]}
            ) -%}
            {%- for text in texts or [none] -%}
                {%- do uses.append(
                    segmentation.rule_use('audience', audience.code, feature, text)
                ) -%}
            {%- endfor -%}
            {%- set set_name = 'primary' if feature == 'primary_segment' else feature -%}
            {%- for use in of_rules | selectattr('set', 'equalto', set_name)
                if not texts or use.code in texts -%}
                {%- do uses.append(segmentation.rule_use(
                    'audience', audience.code, use.feature, use.text, use.set, use.code
                )) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(uses) }}
{% endmacro %}


{% macro describing_problem(audience, uses) %}
    {#- The feature that describes people and may not decide here; none where none does.
        Platforms take income for a hint at finances. -#}
    {%- set forbidden = segmentation.describing_features()
        if audience.kind == 'exclude' else ['income_band'] -%}
    {%- for use in uses
        if use.code == audience.code and use.feature in forbidden -%}
        {{ return(use.feature) }}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}


{% macro refresh_epoch(member_hash, refresh_days) %}
    {#- Rises by one every so many days, on a day of its own for each member: what does
        not change is not sent again, and expires unseen. -#}
    {%- set days = segmentation.days_between(
        "cast('1970-01-01' as date)", segmentation.as_of_date()
    ) -%}
    {{ return(
        "cast(floor((" ~ days ~ " + mod(" ~ segmentation.hash_number(member_hash) ~ ", "
        ~ refresh_days ~ ")) / cast(" ~ refresh_days ~ " as double precision)) as bigint)"
    ) }}
{% endmacro %}

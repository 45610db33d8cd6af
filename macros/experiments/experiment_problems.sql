{% macro experiment_problems() %}
    {#- What is wrong with the experiments. -#}
    {%- set given = segmentation.setting('experiments') -%}
    {%- if given == [] -%}{{ return([]) }}{%- endif -%}
    {%- if not segmentation.is_list(given) -%}
        {{ return([
            "segmentation_experiments is " ~ tojson(given) ~ "; write a list, [] for none."
        ]) }}
    {%- endif -%}
    {%- set problems, codes = [], [] -%}
    {%- for entry in given -%}
        {%- set name = entry.get('code') if entry is mapping else entry -%}
        {%- for problem in segmentation.problems_of_experiment(entry) -%}
            {%- do problems.append(
                "segmentation_experiments: '" ~ name ~ "' " ~ problem ~ "."
            ) -%}
        {%- endfor -%}
        {%- if name in codes -%}
            {%- do problems.append("segmentation_experiments has '" ~ name ~ "' twice.") -%}
        {%- endif -%}
        {%- do codes.append(name) -%}
    {%- endfor -%}
    {%- set whole = segmentation.experiments() -%}
    {%- for one in whole -%}
        {%- do problems.extend(segmentation.feature_problems(
            "The experiment '" ~ one.code ~ "'", one.when,
            segmentation.activation_features()
        )) -%}
        {%- for two in whole[loop.index:] -%}
            {%- do problems.extend(segmentation.clashes_of_experiments(one, two)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{% macro clashes_of_experiments(one, two) %}
    {#- Whoever is in two experiments on one channel tells neither apart. -#}
    {%- set meet = one.starts_on | string <= two.ends_on | string
        and two.starts_on | string <= one.ends_on | string -%}
    {%- if not meet -%}{{ return([]) }}{%- endif -%}
    {%- set names = "segmentation_experiments: '" ~ one.code ~ "' and '" ~ two.code
        ~ "' run at the same time" -%}
    {%- if one.layer != two.layer and one.channel == two.channel -%}
        {{ return([
            names ~ " on the channel '" ~ one.channel ~ "' in two layers; give both the "
            ~ "same layer and slots of their own."
        ]) }}
    {%- elif one.layer == two.layer
        and one.slots[0] < two.slots[1] and two.slots[0] < one.slots[1] -%}
        {{ return([
            names ~ " in the layer '" ~ one.layer ~ "' with slots in common: "
            ~ one.slots ~ " and " ~ two.slots ~ "; share out the slots from 0 to "
            ~ segmentation.slot_count() ~ "."
        ]) }}
    {%- endif -%}
    {{ return([]) }}
{% endmacro %}


{% macro problems_of_experiment(entry) %}
    {%- set keys = ['code', 'kind', 'channel', 'layer', 'slots', 'arms', 'when',
        'starts_on', 'ends_on', 'owner', 'hypothesis'] -%}
    {%- if not segmentation.has_keys(entry, keys) -%}
        {{ return(["is " ~ tojson(entry) ~ "; an experiment has " ~ keys | join(', ')]) }}
    {%- endif -%}
    {%- set problems = [] -%}
    {%- for name in ['code', 'layer']
        if not modules.re.match('^[a-z][a-z0-9_]*$', entry[name] | string) -%}
        {%- do problems.append(
            "has the " ~ name ~ " '" ~ entry[name] ~ "'; use lower case letters, digits "
            ~ "and underscores"
        ) -%}
    {%- endfor -%}
    {%- if entry.kind not in ['message', 'boundary'] -%}
        {%- do problems.append(
            "is of the kind '" ~ entry.kind ~ "'; use message, or boundary for customers "
            ~ "around a cut-off"
        ) -%}
    {%- endif -%}
    {%- if entry.channel not in segmentation.channel_codes() -%}
        {%- do problems.append(
            "has the channel '" ~ entry.channel ~ "'; segmentation_channels has "
            ~ segmentation.channel_codes() | join(', ')
        ) -%}
    {%- endif -%}
    {%- set slots = entry.slots -%}
    {%- if not segmentation.is_list(slots) or slots | length != 2
        or slots | reject('integer') | list
        or not 0 <= slots[0] < slots[1] <= segmentation.slot_count() -%}
        {%- do problems.append(
            "has the slots " ~ tojson(slots) ~ "; write the first and the end of a range "
            ~ "such as [0, 500], from 0 to " ~ segmentation.slot_count()
        ) -%}
    {%- endif -%}
    {%- do problems.extend(segmentation.problems_of_arms(entry.arms)) -%}
    {%- do problems.extend(segmentation.problems_of_rule(entry.when)) -%}
    {%- do problems.extend(segmentation.problems_of_days(entry)) -%}
    {%- for name in ['owner', 'hypothesis'] if not entry[name] -%}
        {%- do problems.append("has no " ~ name ~ "; say it in words") -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{% macro problems_of_arms(arms) %}
    {%- set example = "[{code: message, share: 0.5}, {code: "
        ~ segmentation.holdout_arm() ~ ", share: 0.5}]" -%}
    {%- if not segmentation.is_list(arms) or arms | length < 2
        or arms | reject('mapping') | list -%}
        {{ return(["has the arms " ~ tojson(arms) ~ "; write two or more, such as "
            ~ example]) }}
    {%- endif -%}
    {%- set state = namespace(total=0, wrong=false) -%}
    {%- for arm in arms -%}
        {%- if not segmentation.is_share(arm.get('share'))
            or not modules.re.match('^[a-z][a-z0-9_]*$', arm.get('code') | string)
            or arm.code == 'several' -%}
            {%- set state.wrong = true -%}
        {%- else -%}
            {%- set state.total = state.total + arm.share -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set codes = arms | map(attribute='code') | list -%}
    {%- if state.wrong or (state.total - 1) | abs > 1e-9
        or codes | unique | list | length != codes | length -%}
        {{ return(["has the arms " ~ tojson(arms) ~ "; each needs a code of its own in "
            ~ "lower case and a share, and shares sum to 1, such as " ~ example]) }}
    {%- endif -%}
    {{ return([]) }}
{% endmacro %}


{% macro problems_of_days(entry) %}
    {%- for name in ['starts_on', 'ends_on']
        if not segmentation.is_day(entry[name] | string) -%}
        {{ return(["has " ~ name ~ " '" ~ entry[name] ~ "'; write a day such as "
            ~ "\"2026-01-31\""]) }}
    {%- endfor -%}
    {%- if entry.starts_on | string > entry.ends_on | string -%}
        {{ return(["ends on " ~ entry.ends_on ~ ", before it starts on "
            ~ entry.starts_on]) }}
    {%- endif -%}
    {{ return([]) }}
{% endmacro %}

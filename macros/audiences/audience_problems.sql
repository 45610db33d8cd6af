{% macro audience_problems() %}
    {#- What is wrong with the audiences. -#}
    {%- set problems, codes = [], [] -%}
    {%- set share = var('segmentation_forgone_first_orders') -%}
    {%- if not segmentation.is_share(share) -%}
        {%- do problems.append(
            "segmentation_forgone_first_orders is '" ~ share ~ "'; use a share above 0 "
            ~ "and at most 1."
        ) -%}
    {%- endif -%}
    {%- set given = segmentation.setting('audiences') -%}
    {%- if given == [] -%}{{ return(problems) }}{%- endif -%}
    {%- if not segmentation.is_list(given) -%}
        {%- do problems.append(
            "segmentation_audiences is " ~ tojson(given) ~ "; write a list, [] for none."
        ) -%}
        {{ return(problems) }}
    {%- endif -%}
    {%- for entry in given -%}
        {%- set name = entry.get('code') if entry is mapping else entry -%}
        {%- for problem in segmentation.problems_of_audience(entry) -%}
            {%- do problems.append(
                "segmentation_audiences: '" ~ name ~ "' " ~ problem ~ "."
            ) -%}
        {%- endfor -%}
        {%- if name in codes -%}
            {%- do problems.append("segmentation_audiences has '" ~ name ~ "' twice.") -%}
        {%- endif -%}
        {%- do codes.append(name) -%}
    {%- endfor -%}
    {%- set types = segmentation.activation_features() -%}
    {%- set arms = segmentation.arms_by_experiment() -%}
    {%- for audience in segmentation.audiences() -%}
        {%- set subject = "The audience '" ~ audience.code ~ "'" -%}
        {%- do problems.extend(
            segmentation.feature_problems(subject, audience.when, types)
        ) -%}
        {%- set kind = segmentation.type_kind(types.get(audience.value, 'bigint')) -%}
        {%- if audience.value is not none
            and (audience.value not in types or kind in ('text', 'boolean', 'date')) -%}
            {%- do problems.append(
                subject ~ " has the value '" ~ audience.value ~ "', which is no feature "
                ~ "with a number."
            ) -%}
        {%- endif -%}
        {%- if audience.experiment is not none
            and audience.arm not in arms.get(audience.experiment, []) -%}
            {%- do problems.append(
                subject ~ " is for the arm '" ~ audience.arm ~ "' of the experiment '"
                ~ audience.experiment ~ "'; segmentation_experiments has "
                ~ tojson(arms) ~ "."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{% macro arms_by_experiment() %}
    {#- Arms that may be reached: nobody sends anything to a holdout. -#}
    {%- set arms = {} -%}
    {%- for experiment in segmentation.experiments() -%}
        {%- do arms.update({
            experiment.code: experiment.arms | map(attribute='code')
                | reject('equalto', segmentation.holdout_arm()) | list
        }) -%}
    {%- endfor -%}
    {{ return(arms) }}
{% endmacro %}


{% macro problems_of_audience(entry) %}
    {%- set needed = ['code', 'kind', 'when', 'owner'] -%}
    {%- set known = needed + ['channel', 'platforms', 'value', 'experiment', 'arm',
        'size_floor', 'expires_on'] -%}
    {%- set given = entry.keys() | list if entry is mapping else [] -%}
    {%- if needed | reject('in', given) | list or given | reject('in', known) | list -%}
        {{ return(["is " ~ tojson(entry) ~ "; an audience has " ~ needed | join(', ')
            ~ ", and may have " ~ known[4:] | join(', ')]) }}
    {%- endif -%}
    {%- set problems = [] -%}
    {%- if not modules.re.match('^[A-Z][0-9]{2,4}$', entry.code | string) -%}
        {%- do problems.append(
            "has a code that platforms would see; use a capital letter and two to four "
            ~ "digits, such as S01, which tell them nothing"
        ) -%}
    {%- endif -%}
    {%- if entry.kind not in ['include', 'exclude', 'seed'] -%}
        {%- do problems.append(
            "is of the kind '" ~ entry.kind ~ "'; use include, exclude, or seed for "
            ~ "lookalikes"
        ) -%}
    {%- endif -%}
    {%- if entry.get('channel', 'ads') not in segmentation.channel_codes() -%}
        {%- do problems.append(
            "has the channel '" ~ entry.get('channel', 'ads') ~ "'; segmentation_channels has "
            ~ segmentation.channel_codes() | join(', ')
        ) -%}
    {%- endif -%}
    {%- set platforms = entry.get('platforms', []) -%}
    {%- if platforms is string or platforms is mapping or platforms is not sequence
        or platforms | reject('string') | list -%}
        {%- do problems.append(
            "has the platforms " ~ tojson(platforms) ~ "; write a list such as [meta]"
        ) -%}
    {%- endif -%}
    {%- if not entry.owner -%}
        {%- do problems.append("has no owner; say who answers for it") -%}
    {%- endif -%}
    {%- set floor = entry.get('size_floor', 100) -%}
    {%- if floor is not integer or floor is boolean
        or floor < segmentation.smallest_cell() -%}
        {%- do problems.append(
            "has the size_floor '" ~ floor ~ "'; use a whole number of people, at least "
            ~ segmentation.smallest_cell()
        ) -%}
    {%- endif -%}
    {%- set expires_on = entry.get('expires_on') -%}
    {%- if expires_on is not none and not segmentation.is_day(expires_on | string) -%}
        {%- do problems.append(
            "has expires_on '" ~ expires_on ~ "'; write a day such as \"2026-12-31\""
        ) -%}
    {%- endif -%}
    {%- if (entry.get('experiment') is none) != (entry.get('arm') is none) -%}
        {%- do problems.append("names an experiment or an arm; name both or neither") -%}
    {%- endif -%}
    {%- do problems.extend(segmentation.problems_of_rule(entry.when)) -%}
    {{ return(problems) }}
{% endmacro %}


{% macro problems_of_rule(conditions) %}
    {#- What is wrong with the form of a list of conditions. -#}
    {%- if not segmentation.is_list(conditions) -%}
        {{ return(["has no list of conditions under `when`"]) }}
    {%- endif -%}
    {%- set problems = [] -%}
    {%- for condition in segmentation.flat_conditions(conditions) -%}
        {%- set problem = segmentation.condition_problem(condition) -%}
        {%- if problem -%}
            {%- do problems.append("has " ~ tojson(condition) ~ ", which " ~ problem) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{% macro channel_codes() %}
    {%- set channels = var('segmentation_channels') -%}
    {{ return(
        channels | select('mapping') | map(attribute='code') | list
        if segmentation.is_list(channels) else []
    ) }}
{% endmacro %}

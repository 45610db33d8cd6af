{% macro check_config() %}
    {#- Everything that can be wrong before a model runs, in one message. -#}
    {%- if not execute or flags.WHICH not in ('build', 'run', 'test', 'seed') -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set problems = [] -%}
    {%- do segmentation.check_settings(problems) -%}
    {%- do segmentation.check_sources(problems) -%}
    {%- do segmentation.check_segments(problems) -%}
    {%- do problems.extend(segmentation.channel_problems()) -%}
    {%- do problems.extend(segmentation.scorecard_problems()) -%}
    {%- do problems.extend(segmentation.sensitive_problems()) -%}
    {%- do problems.extend(segmentation.experiment_problems()) -%}
    {%- do problems.extend(segmentation.audience_problems()) -%}
    {%- do problems.extend(segmentation.question_problems()) -%}
    {%- do segmentation.check_schemas(problems) -%}
    {%- do segmentation.check_serving(problems) -%}
    {%- do segmentation.check_seeds(problems) -%}
    {%- do problems.extend(segmentation.tombstone_problems()) -%}
    {%- do adapter.dispatch('check_session', 'segmentation')(problems) -%}
    {%- do segmentation.refuse(problems) -%}
    {{ return('select 1') }}
{% endmacro %}


{% macro check_settings(problems) %}
    {%- do problems.extend(segmentation.clock_problems()) -%}
    {%- if not modules.re.match('^[A-Z]{3}$', segmentation.setting('currency') | string) -%}
        {%- do problems.append(
            "segmentation_currency is '" ~ segmentation.setting('currency')
            ~ "'; use three capital letters of ISO 4217 such as USD."
        ) -%}
    {%- endif -%}
    {%- for name in ['quarantine_max_share', 'volume_drop_max_share'] -%}
        {%- set share = var('segmentation_' ~ name) -%}
        {%- if share is not number or share < 0 or share > 1 -%}
            {%- do problems.append(
                "segmentation_" ~ name ~ " is '" ~ share ~ "'; use a share from 0 to 1."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set population = var('segmentation_min_population') -%}
    {%- if population is not integer or population < 0 -%}
        {%- do problems.append(
            "segmentation_min_population is '" ~ population ~ "'; use a whole number of "
            ~ "buyers."
        ) -%}
    {%- endif -%}
    {%- for rule in var('segmentation_exclude') -%}
        {%- if 'reason' not in rule or not (
            'email_like' in rule
            or ('source_system' in rule and 'source_customer_id' in rule)
        ) -%}
            {%- do problems.append(
                "segmentation_exclude has " ~ tojson(rule) ~ "; each entry needs reason "
                ~ "and either email_like or source_system with source_customer_id."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}


{% macro check_sources(problems) %}
    {%- set entities = segmentation.entity_names() -%}
    {%- for entity in segmentation.setting('sources') -%}
        {%- if entity not in entities -%}
            {%- do problems.append(
                "segmentation_sources names '" ~ entity ~ "', which is not an entity. "
                ~ "Entities are " ~ entities | join(', ') ~ "."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for entity, columns in segmentation.setting('passthrough').items() -%}
        {%- if entity not in entities -%}
            {%- do problems.append(
                "segmentation_passthrough names '" ~ entity ~ "', which is not an entity."
            ) -%}
        {%- else -%}
            {%- set names = segmentation.entity_contract(entity).columns
                | map(attribute='name') | list -%}
            {%- for column in columns
                if column in names or not modules.re.match('^[a-z][a-z0-9_]*$', column) -%}
                {%- do problems.append(
                    "segmentation_passthrough." ~ entity ~ " lists '" ~ column ~ "', "
                    ~ ("which is already a column of the entity."
                        if column in names else "which cannot be a column name.")
                ) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}


{% macro check_segments(problems) %}
    {%- set tiers = var('segmentation_value_tiers') -%}
    {%- set state = namespace(share=0) -%}
    {%- for tier in tiers -%}
        {%- set share = tier.get('top_share') -%}
        {%- if share is not number or share <= state.share or share >= 1 -%}
            {%- do problems.append(
                "segmentation_value_tiers: top_share of '" ~ tier.get('code') ~ "' is "
                ~ share ~ "; shares must rise from tier to tier and stay between 0 and 1."
            ) -%}
        {%- else -%}
            {%- set state.share = share -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for problem in segmentation.code_problems(
        tiers, segmentation.reserved_codes() + ['dormant']
    ) -%}
        {%- do problems.append("segmentation_value_tiers: " ~ problem ~ ".") -%}
    {%- endfor -%}
    {%- set shares = tiers | map(attribute='top_share') | select('number')
        | map('round', 4) | list -%}
    {%- if shares | unique | list | length != shares | length -%}
        {%- do problems.append(
            "segmentation_value_tiers: two shares agree to four decimals in " ~ shares
            ~ "; their cuts would be the same."
        ) -%}
    {%- endif -%}
    {%- set limits = var('segmentation_segment_count') -%}
    {%- set declared = var('segmentation_segments') | length -%}
    {%- if not limits.at_least <= declared <= limits.at_most -%}
        {%- do problems.append(
            "segmentation_segments declares " ~ declared ~ " primary segments; "
            ~ limits.at_least ~ " to " ~ limits.at_most ~ " can be told apart and acted "
            ~ "on. Merge or split some, or change segmentation_segment_count and give "
            ~ "its reason."
        ) -%}
    {%- endif -%}
    {%- if (limits.at_least != 4 or limits.at_most != 8) and not limits.get('reason') -%}
        {%- do problems.append(
            "segmentation_segment_count departs from 4 to 8 without a reason; write one "
            ~ "under its key `reason`."
        ) -%}
    {%- endif -%}
    {%- set priorities = var('segmentation_segments')
        | map(attribute='priority') | list -%}
    {%- if priorities | unique | list | length != declared -%}
        {%- do problems.append(
            "segmentation_segments: two segments share a priority in " ~ priorities
            ~ "; the first match must be certain."
        ) -%}
    {%- endif -%}
    {%- do problems.extend(segmentation.neutral_code_problems()) -%}
    {%- set types = segmentation.rule_features() -%}
    {%- for set_name in segmentation.rule_set_names() -%}
        {%- set known = segmentation.base_code_types(types)
            if set_name == 'primary' else types -%}
        {%- for rule in segmentation.rules_of(set_name) -%}
            {%- do problems.extend(segmentation.feature_problems(
                "The segment '" ~ rule.code ~ "' of the set '" ~ set_name ~ "'",
                rule['when'], known
            )) -%}
        {%- endfor -%}
    {%- endfor -%}
{% endmacro %}


{% macro rule_features() %}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.name == 'features__customers' -%}
        {%- set types = {} -%}
        {%- for column in node.columns.values()
            if column.name not in ('customer_id', 'as_of_date') -%}
            {%- do types.update({column.name: column.data_type}) -%}
        {%- endfor -%}
        {{ return(types) }}
    {%- endfor -%}
{% endmacro %}


{% macro base_code_types(types) %}
    {#- Features with what a primary rule may name besides: the codes of other sets. -#}
    {%- set known = {} -%}
    {%- do known.update(types) -%}
    {%- for column in segmentation.segment_sets().values()
        if column != 'primary_segment' -%}
        {%- do known.update({column: 'string'}) -%}
    {%- endfor -%}
    {{ return(known) }}
{% endmacro %}


{% macro check_schemas(problems) %}
    {#- Personal data must never lie where BI tools may look. -#}
    {%- set public = [] -%}
    {%- set personal = {} -%}
    {%- for node in graph.nodes.values()
        if node.package_name == 'segmentation'
        and node.resource_type in ('model', 'seed') -%}
        {%- if node.config.get('access') == 'public'
            or node.config.get('meta', {}).get('serving') == 'serving' -%}
            {%- do public.append(node.schema) -%}
        {%- endif -%}
        {%- if node.config.get('meta', {}).get('pii') -%}
            {%- do personal.update({node.name: node.schema}) -%}
        {%- endif -%}
        {%- if node.resource_type == 'seed'
            and node.config.schema != segmentation.segmentation_schema('internal') -%}
            {%- do problems.append(
                "The seed " ~ node.name ~ " would go to the schema '" ~ node.config.schema
                ~ "' and models to '" ~ segmentation.segmentation_schema('internal')
                ~ "'; set segmentation_schema_internal at the top of vars."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name, schema in personal.items() if schema in public -%}
        {%- do problems.append(
            name ~ " holds personal data and would share the schema '" ~ schema
            ~ "' with public tables; give segmentation_schema_identity and "
            ~ "segmentation_schema_internal names of their own."
        ) -%}
    {%- endfor -%}
{% endmacro %}


{% macro check_serving(problems) %}
    {%- set served = var('segmentation_served_schemas') -%}
    {%- set readers = var('segmentation_readers') -%}
    {%- set roles = ['serving', 'activation'] -%}
    {%- set names = [] -%}
    {%- for role in roles -%}
        {%- set name = served.get(role) if served is mapping else none -%}
        {%- if modules.re.match('^(?!pg_)[a-z_][a-z0-9_]{0,57}$', name | string) -%}
            {%- do names.append(name) -%}
        {%- else -%}
            {%- do problems.append(
                "segmentation_served_schemas has no usable schema for " ~ role ~ ": "
                ~ tojson(served) ~ "; use at most 58 small letters, digits and "
                ~ "underscores, such as {serving: serving, activation: activation}."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set lists = readers.values() | list if readers is mapping else [readers] -%}
    {%- if readers is not mapping
        or readers.keys() | reject('in', roles) | list
        or lists | select('string') | list
        or lists | reject('sequence') | list -%}
        {%- do problems.append(
            "segmentation_readers is " ~ tojson(readers) ~ "; use lists of database "
            ~ "roles, such as {serving: [bi], activation: [exports]}."
        ) -%}
    {%- endif -%}
    {%- if target.type == 'postgres' -%}
        {%- for schema in graph.nodes.values() | map(attribute='schema') | unique
            if schema in names -%}
            {%- do problems.append(
                "segmentation_served_schemas names '" ~ schema ~ "', in which the build "
                ~ "writes its own tables; choose another name."
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}


{% macro check_seeds(problems) %}
    {#- Of two seeds of one name models of the package would read the package's. -#}
    {%- set seeds = graph.nodes.values()
        | selectattr('resource_type', 'equalto', 'seed') | list -%}
    {%- set of_package = seeds | selectattr('package_name', 'equalto', 'segmentation')
        | map(attribute='name') | list -%}
    {%- for seed in seeds
        if seed.package_name != 'segmentation' and seed.name in of_package -%}
        {%- do problems.append(
            "The seed " ~ seed.name ~ " is in " ~ seed.package_name ~ " and in the "
            ~ "package, whose rows would be read. Add {segmentation: {" ~ seed.name
            ~ ": {+enabled: false}}} under seeds in dbt_project.yml."
        ) -%}
    {%- endfor -%}
{% endmacro %}

{% macro source_states() %}
    {#- Worst first: the place in the list is the number of the state. -#}
    {{ return([
        'absent', 'empty', 'broken', 'stale', 'unlinked', 'partial', 'live'
    ]) }}
{% endmacro %}


{% macro state_number(state) %}
    {{ return(segmentation.source_states().index(state)) }}
{% endmacro %}


{% macro state_name(expression) %}
    {#- The name of a state from an expression with its number. -#}
    {%- set when = [] -%}
    {%- for state in segmentation.source_states() -%}
        {%- do when.append('when ' ~ loop.index0 ~ " then '" ~ state ~ "'") -%}
    {%- endfor -%}
    {{ return(
        'cast(case ' ~ expression ~ ' ' ~ when | join(' ') ~ ' end as '
        ~ dbt.type_string() ~ ')'
    ) }}
{% endmacro %}


{% macro finding_state(finding) %}
    {#- Number of the state that a finding amounts to. -#}
    {%- set number = segmentation.source_states() -%}
    cast(
            case
                when {{ finding }} = 'not_mapped' then {{ number.index('absent') }}
                when {{ finding }} = 'no_rows' then {{ number.index('empty') }}
                when
                    {{ finding }} like 'quarantined%'
                    or {{ finding }} = 'unusable_identifiers'
                    then {{ number.index('broken') }}
                when {{ finding }} = 'stale' then {{ number.index('stale') }}
                when {{ finding }} = 'unlinked' then {{ number.index('unlinked') }}
                when {{ finding }} in (
                    'blocked_identifiers', 'missing_identifiers',
                    'unlicensed_enrichment'
                )
                    then {{ number.index('partial') }}
                else {{ number.index('live') }}
            end as bigint
        )
{%- endmacro %}

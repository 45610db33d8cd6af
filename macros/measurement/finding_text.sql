{% macro finding_text(finding) %}
    {#- What was found, what was expected and what to do, from the facts of a source. -#}
    {%- set source = "entity || ' of ' || source_system" -%}
    {%- set setting = "segmentation_sources.' || entity || '" -%}
    {%- set texts = [
        ('not_mapped', "'No source delivers ' || entity || '. ' || effect_when_missing
            || ' Write stg_<source>__' || entity || ' and name the source in "
            ~ setting ~ ".'"),
        ('no_rows', source ~ " || ': no row up to the as-of date is in use, and '
            || " ~ segmentation.count_text('row_count') ~ " || ' were delivered. Load '
            || 'the source, or take it out of " ~ setting ~ ".'"),
        ('unusable_identifiers', source ~ " || ': '
            || " ~ segmentation.count_text('identifying_record_count') ~ " || ' records '
            || 'bring an identifier and all of them are blocked or invalid, so nothing '
            || 'links them. Map a column with real ones; int_identity__identifiers has '
            || 'the reasons.'"),
        ('stale', source ~ " || ': the last day with rows is '
            || " ~ segmentation.count_text('last_event_date') ~ " || ', '
            || " ~ segmentation.count_text('days_behind') ~ " || ' days before the '
            || 'as-of date; so far the longest silence was '
            || " ~ segmentation.count_text('longest_gap_days')
            ~ " || ' days. Load what is missing.'"),
        ('unlinked', source ~ " || ': '
            || " ~ segmentation.count_text('used_count') ~ " || ' rows are in use and '
            || 'none belongs to an identified customer. Deliver an identifier of these '
            || 'records that another source has too.'"),
        ('blocked_identifiers', source ~ " || ': '
            || " ~ segmentation.count_text(
                '(identifying_record_count - usable_record_count)'
            ) ~ " || ' of ' || " ~ segmentation.count_text('identifying_record_count')
            ~ " || ' records bring blocked or invalid identifiers alone; at most "
            ~ segmentation.percent_text() ~ " may. Mend them in the source.'"),
        ('missing_identifiers', source ~ " || ': no record brings an e-mail address, a '
            || 'telephone number or another identifier, so nothing links them to other '
            || 'sources. Map one, or deliver identifiers.'"),
        ('unlicensed_enrichment', source ~ " || ': '
            || " ~ segmentation.count_text('unlicensed_count') ~ " || ' of '
            || " ~ segmentation.count_text('enrichment_count')
            ~ " || ' rows of the group enrichment lack a provider or a licence. Map '
            || 'both, or leave out what nobody may use.'"),
        ('duplicated_rows', source ~ " || ': '
            || " ~ segmentation.count_text('duplicate_count') ~ " || ' of '
            || " ~ segmentation.count_text('row_count') ~ " || ' rows are copies, as if '
            || 'everything had been loaded twice. Copies count once; load each row '
            || 'once.'"),
        ('none', "'Nothing found.'"),
    ] -%}
    case
    {%- for code, text in texts %}
            when {{ finding }} = '{{ code }}' then {{ text }}
    {%- endfor %}
            else {{ source }} || ': '
                || {{ segmentation.count_text('quarantined_count') }} || ' of '
                || {{ segmentation.count_text('row_count') }} || ' rows were set aside, '
                || 'most of them because ' || problem_column || ' is ' || problem_reason
                || '; at most {{ segmentation.percent_text() }} may be. Mend the source '
                || 'or its staging model; input__quarantine has the rows.'
            end
{%- endmacro %}


{% macro count_text(expression) %}
    {{ return('cast(' ~ expression ~ ' as ' ~ dbt.type_string() ~ ')') }}
{% endmacro %}


{% macro percent_text() %}
    {{ return(
        (100 * var('segmentation_quarantine_max_share')) | round(4) ~ '%'
    ) }}
{% endmacro %}

{% macro open_run() %}
    {#-
        Before the first model: which whole run this build may go on from. It takes the
        number after that one; after a kill it takes the same number again and repeats
        what was left half done. int_input__deliveries decides whether it goes on.
    -#}
    {%- if not execute or not segmentation.selects_state() -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set runs = segmentation.state_relation('runs') -%}
    {%- set batches = segmentation.state_relation('batches') -%}
    {%- set lost_records = segmentation.state_relation('lost_records') -%}
    {%- set changed_customers = segmentation.changed_customers() -%}
    {%- if none in (runs, batches, lost_records, changed_customers) -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set settings_hash = segmentation.state_settings_hash() -%}
    {%- set found = run_query(
        "select run_number, as_of_date, settings_hash, is_continued, is_complete from "
        ~ runs ~ " order by run_number desc"
    ).rows | list -%}
    {%- set basis = segmentation.basis_of_state(found, settings_hash) -%}
    {%- set number = 1 + (basis[0] if basis else found[0][0] if found else 0) -%}
    {%- set opened -%}
        insert into {{ runs }} (
            run_number, run_id, as_of_date, previous_as_of_date, settings_hash,
            is_continued, is_complete
        )
        values (
            {{ number }}, '{{ segmentation.run_id() }}', {{ segmentation.as_of_date() }},
            {{ segmentation.date_literal(basis[1] if basis else none) }},
            '{{ settings_hash }}', {{ 'null' if basis else 'false' }}, false
        )
    {%- endset -%}
    {{ return(segmentation.in_turn([
        "delete from " ~ runs ~ " where run_number >= " ~ number,
        "delete from " ~ batches ~ " where run_number >= " ~ number
            ~ " or run_number < 0",
        "delete from " ~ lost_records ~ " where run_number <> " ~ number,
        "delete from " ~ changed_customers ~ " where run_number <> " ~ number,
        opened,
        "select 1",
    ])) }}
{% endmacro %}


{% macro basis_of_state(runs, settings_hash) %}
    {#- The last whole run, if nothing but deliveries and the date has changed since. -#}
    {%- if flags.FULL_REFRESH or segmentation.is_sample()
        or segmentation.setting('known_at') is not none -%}
        {{ return(none) }}
    {%- endif -%}
    {#- What one table lost, others would have to give back. -#}
    {%- for node in segmentation.state_nodes()
        if segmentation.relation_of(node) is none -%}
        {{ return(none) }}
    {%- endfor -%}
    {%- for number, as_of_date, run_hash, is_continued, is_complete in runs -%}
        {#- One that read everything and did not end leaves tables of two kinds; one that
            had not decided yet is as good as none. -#}
        {%- if run_hash != settings_hash
            or not is_complete and is_continued is false -%}
            {{ return(none) }}
        {%- endif -%}
        {%- if is_complete -%}
            {{ return(
                (number, as_of_date)
                if as_of_date | string <= segmentation.as_of_value() else none
            ) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}

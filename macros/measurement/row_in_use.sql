{% macro row_in_use(contract) %}
    {#- What `kept_rows` lets through, as a condition: kept and not after the date. -#}
    {%- if not execute -%}{{ return('true') }}{%- endif -%}
    {%- set names = contract.columns | map(attribute='name') | list -%}
    {%- set parts = ["row_outcome = 'kept'"] -%}
    {%- set end = segmentation.as_of_end() -%}
    {%- for time in [contract.event_time, 'updated_at'] if time in names -%}
        {%- do parts.append(
            '(' ~ time ~ ' < ' ~ end ~ ' or ' ~ time ~ ' is null)'
        ) -%}
    {%- endfor -%}
    {{ return(parts | join(' and ')) }}
{% endmacro %}


{% macro row_day(contract) %}
    {#- Local day of a row; entities without an event time may name another column. -#}
    {%- if not execute -%}{{ return('cast(null as date)') }}{%- endif -%}
    {%- set model = segmentation.input_model(contract.name) -%}
    {%- set column = contract.event_time or model.config.meta.get('dated_by') -%}
    {%- if not column -%}{{ return('cast(null as date)') }}{%- endif -%}
    {{ return(
        column if model.columns[column].data_type == 'date'
        else segmentation.local_date(column)
    ) }}
{% endmacro %}


{% macro row_is_dated(contract) %}
    {#- Whether a row says from when it holds: its event time, else its version. -#}
    {%- if not execute -%}{{ return('false') }}{%- endif -%}
    {%- set model = segmentation.input_model(contract.name) -%}
    {%- set time = contract.event_time
        or ('updated_at' if 'updated_at' in model.columns
            else model.config.meta.get('dated_by')) -%}
    {{ return(time ~ ' is not null' if time else 'false') }}
{% endmacro %}


{% macro input_model(entity) %}
    {{ return(graph.nodes['model.segmentation.input__' ~ entity]) }}
{% endmacro %}

{% macro first_problem(contract) %}
    {#- `column:reason:value` of the first thing wrong with a delivered row. -#}
    {%- set when = [] -%}
    {%- set text_type = dbt.type_string() -%}
    {%- for column in contract.columns -%}
        {%- set raw = 'delivered.' ~ column.name -%}
        {%- set text = "cast(" ~ raw ~ " as " ~ text_type ~ ")" -%}
        {%- set typed = segmentation.try_cast_to(raw, column.data_type) -%}
        {%- if segmentation.type_kind(column.data_type) != 'text' -%}
            {%- do when.append((
                raw ~ " is not null and " ~ typed ~ " is null and trim(" ~ text
                ~ ") <> ''",
                column.name ~ ":unparsable", text
            )) -%}
        {%- endif -%}
        {%- if column.required -%}
            {%- do when.append((
                typed ~ " is null",
                column.name ~ ":missing_value",
                "''"
            )) -%}
        {%- endif -%}
        {%- if column.accepted -%}
            {%- do when.append((
                "lower(" ~ typed ~ ") not in ('" ~ column.accepted | join("', '") ~ "')",
                column.name ~ ":unknown_code", text
            )) -%}
        {%- endif -%}
        {%- if column.not_negative -%}
            {%- do when.append((typed ~ " < 0", column.name ~ ":negative", text)) -%}
        {%- endif -%}
        {%- if column.name.endswith('_id') -%}
            {%- do when.append((
                "length(" ~ text ~ ") > 320", column.name ~ ":too_long",
                "substring(" ~ text ~ ", 1, 60)"
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if contract.event_time -%}
        {%- set event = segmentation.try_cast_to(
            'delivered.' ~ contract.event_time, 'timestamp') -%}
        {%- set loaded = segmentation.try_cast_to('delivered.loaded_at', 'timestamp') -%}
        {%- do when.append((
            event ~ " > " ~ dbt.dateadd('day', 1, loaded),
            contract.event_time ~ ":later_than_load",
            "cast(delivered." ~ contract.event_time ~ " as " ~ dbt.type_string() ~ ")"
        )) -%}
    {%- endif -%}
    case
    {%- for condition, problem, shown in when %}
                when {{ condition }} then '{{ problem }}:' || {{ shown }}
    {%- endfor %}
            end
{%- endmacro %}

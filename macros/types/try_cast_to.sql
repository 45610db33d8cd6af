{% macro try_cast_to(expression, data_type) %}
    {#- A value that does not fit its type becomes null; the caller sees the loss. -#}
    {%- set kind = segmentation.type_kind(data_type) -%}
    {%- if kind == 'text' -%}
        {{ return("nullif(trim(cast(" ~ expression ~ " as " ~ dbt.type_string()
            ~ ")), '')") }}
    {%- elif kind == 'integer' -%}
        {#- A plain cast would round 3.7 to 4. -#}
        {%- set number = segmentation.try_cast_to(expression, 'numeric(28, 6)') -%}
        {{ return("case when " ~ number ~ " = floor(" ~ number ~ ") then cast("
            ~ number ~ " as bigint) end") }}
    {%- endif -%}
    {{ return(
        adapter.dispatch('try_cast_to', 'segmentation')(expression, data_type, kind)
    ) }}
{% endmacro %}


{% macro default__try_cast_to(expression, data_type, kind) %}
    {{ return("try_cast(" ~ expression ~ " as " ~ data_type ~ ")") }}
{% endmacro %}


{% macro duckdb__try_cast_to(expression, data_type, kind) %}
    {%- if kind == 'timestamp' -%}
        {#- A text with an offset, cast directly, would lose the offset in silence. -#}
        {{ return("cast(try_cast(" ~ expression ~ " as timestamptz) as timestamp)") }}
    {%- endif -%}
    {{ return(segmentation.default__try_cast_to(expression, data_type, kind)) }}
{% endmacro %}


{% macro postgres__try_cast_to(expression, data_type, kind) %}
    {%- set text = "cast(" ~ expression ~ " as text)" -%}
    {%- set function = segmentation.internal_schema() ~ ".segmentation_try_" ~ kind -%}
    {{ return("cast(" ~ function ~ "(" ~ text ~ ") as " ~ data_type ~ ")") }}
{% endmacro %}


{% macro type_kind(data_type) %}
    {%- set name = data_type | lower -%}
    {%- for kind, names in {
        'text': ['string', 'text', 'varchar'],
        'integer': ['bigint', 'integer', 'int'],
        'number': ['numeric', 'decimal', 'double'],
        'timestamp': ['timestamp'],
        'date': ['date'],
        'boolean': ['boolean'],
    }.items() -%}
        {%- for start in names if name.startswith(start) -%}
            {{ return(kind) }}
        {%- endfor -%}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(
        "Unknown data_type '" ~ data_type ~ "' in the input contract. Use string, "
        ~ "bigint, numeric(p, s), double precision, timestamp, date or boolean."
    ) }}
{% endmacro %}


{% macro internal_schema() %}
    {{ return(generate_schema_name(segmentation.segmentation_schema('internal'))) }}
{% endmacro %}

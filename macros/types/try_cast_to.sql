{% macro try_cast_to(expression, data_type) %}
    {#- A value that does not fit its type becomes null; the caller sees the loss. -#}
    {%- set kind = segmentation.type_kind(data_type) -%}
    {%- if kind == 'text' -%}
        {{ return("nullif(trim(cast(" ~ expression ~ " as " ~ dbt.type_string()
            ~ ")), '')") }}
    {%- elif kind == 'integer' -%}
        {#- A plain cast would round 3.7 to 4; 24 digits less 6 always fit a bigint. -#}
        {%- set number = segmentation.try_cast_to(expression, 'numeric(24, 6)') -%}
        {{ return("case when " ~ number ~ " = floor(" ~ number ~ ") then cast("
            ~ number ~ " as bigint) end") }}
    {%- endif -%}
    {%- set typed = adapter.dispatch('try_cast_to', 'segmentation')(
        expression, data_type, kind
    ) -%}
    {%- if kind == 'timestamp' and segmentation.setting('timezone') != 'UTC' -%}
        {#- Midnight UTC of a day without a time may be the day before, local. -#}
        {%- set text = "cast(" ~ expression ~ " as " ~ dbt.type_string() ~ ")" -%}
        {{ return(
            "case when length(trim(" ~ text ~ ")) = 10 then "
            ~ segmentation.utc_time(typed ~ " + interval '12' hour")
            ~ " else " ~ typed ~ " end"
        ) }}
    {%- endif -%}
    {{ return(typed) }}
{% endmacro %}


{% macro default__try_cast_to(expression, data_type, kind) %}
    {{ return("try_cast(" ~ expression ~ " as " ~ data_type ~ ")") }}
{% endmacro %}


{% macro duckdb__try_cast_to(expression, data_type, kind) %}
    {%- if kind in ('timestamp', 'date') -%}
        {#- Read as a time without a zone, a text would lose its offset in silence. -#}
        {%- set moment = "try_cast(" ~ expression ~ " as "
            ~ ('timestamptz' if kind == 'timestamp' else 'date') ~ ")" -%}
        {#- Infinity is a time to DuckDB, and no day can be counted from it. -#}
        {%- set finite = "cast(case when isfinite(" ~ moment ~ ") then " ~ moment
            ~ " end as " ~ kind ~ ")" -%}
        {%- if kind == 'date' -%}{{ return(finite) }}{%- endif -%}
        {#- This shape has no offset, and looking for one costs more than the rest. With
            further spaces DuckDB would make up a time: 10: 1:12 is ten o'clock. -#}
        {%- set text = "cast(" ~ expression ~ " as varchar)" -%}
        {{ return(
            "case when " ~ text ~ " like '____-__-__ __:__:__' and " ~ text
            ~ " not like '% % %' then try_cast(" ~ expression
            ~ " as timestamp) else " ~ finite ~ " end"
        ) }}
    {%- elif kind == 'number' -%}
        {#- True is 1 to DuckDB, and a flag in the place of an amount would be money. -#}
        {{ return(
            "case when typeof(" ~ expression ~ ") <> 'BOOLEAN' then try_cast("
            ~ expression ~ " as " ~ data_type ~ ") end"
        ) }}
    {%- elif kind == 'boolean' -%}
        {#- By its text: of numbers only 0 and 1 are an answer, and not 5 a yes. -#}
        {%- set text = "cast(" ~ expression ~ " as varchar)" -%}
        {{ return("try_cast(" ~ text ~ " as boolean)") }}
    {%- endif -%}
    {{ return(segmentation.default__try_cast_to(expression, data_type, kind)) }}
{% endmacro %}


{% macro postgres__try_cast_to(expression, data_type, kind) %}
    {%- set function = segmentation.internal_schema() ~ ".segmentation_try_" ~ kind -%}
    {%- set bound = ", " ~ segmentation.number_bound(data_type) -%}
    {{ return(
        "cast(" ~ function ~ "(" ~ expression ~ (bound if kind == 'number' else '')
        ~ ") as " ~ data_type ~ ")"
    ) }}
{% endmacro %}


{% macro spark__try_cast_to(expression, data_type, kind) %}
    {%- if kind in ('timestamp', 'date') -%}
        {#- Spark reads more than others: a year alone, or `now`. -#}
        {%- set text = "cast(" ~ expression ~ " as string)" -%}
        {%- set text = "trim(" ~ text ~ ")" if kind == 'date' else text -%}
        {{ return(
            "case when " ~ text ~ " rlike r'" ~ segmentation.moment_pattern()
            ~ "' then " ~ segmentation.spark_moment(text, kind) ~ " end"
        ) }}
    {%- endif -%}
    {{ return(segmentation.default__try_cast_to(expression, data_type, kind)) }}
{% endmacro %}


{% macro spark_moment(text, kind) %}
    {%- set dashed = "regexp_replace(" ~ text ~ ", r'^([0-9]+)/([0-9]+)/', '$1-$2-')" -%}
    {%- if kind == 'date' -%}{{ return("try_cast(" ~ dashed ~ " as date)") }}{%- endif -%}
    {#- Seconds are needed before a zone, and no space. -#}
    {%- set timed = "regexp_replace(" ~ dashed
        ~ ", r'^([^:]*:[0-9]{2})([^:0-9].*)?$', '$1:00$2')" -%}
    {%- set moment = "try_cast(regexp_replace(" ~ timed
        ~ ", r' ([A-Za-z])', '$1') as timestamp)" -%}
    {%- set zone = "regexp_extract(" ~ text ~ ", r' ([A-Za-z_]+/.*)$', 1)" -%}
    {{ return(
        "case when " ~ zone ~ " = '' then " ~ moment ~ " else "
        ~ segmentation.later_of_two(moment, zone) ~ " end"
    ) }}
{% endmacro %}


{% macro later_of_two(moment, zone) %}
    {#- Of an hour that comes twice Spark takes the first, other engines the second. -#}
    {%- set later = moment ~ " + interval '1' hour" -%}
    {{ return(
        "case when from_utc_timestamp(" ~ later ~ ", " ~ zone ~ ") = from_utc_timestamp("
        ~ moment ~ ", " ~ zone ~ ") then " ~ later ~ " else " ~ moment ~ " end"
    ) }}
{% endmacro %}


{% macro moment_pattern() %}
    {#- What looks like a day or a time on every engine. -#}
    {%- set day = '[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}' -%}
    {%- set time = '[0-9]{1,2}:[0-9]{2}(:[0-5][0-9]([.][0-9]+)?)?' -%}
    {%- set name = '[A-Za-z_]+(/[-+A-Za-z0-9_]+)+' -%}
    {%- set zone = '([-+][0-9]{2}(:?[0-9]{2})?|Z| UTC| ' ~ name ~ ')' -%}
    {{ return('^' ~ day ~ '([ T]' ~ time ~ zone ~ '?)?$') }}
{% endmacro %}


{% macro snowflake__try_cast_to(expression, data_type, kind) %}
    {#- It tries texts alone. -#}
    {{ return(segmentation.default__try_cast_to(
        "cast(" ~ expression ~ " as " ~ dbt.type_string() ~ ")", data_type, kind
    )) }}
{% endmacro %}


{% macro bigquery__try_cast_to(expression, data_type, kind) %}
    {{ return("safe_cast(" ~ expression ~ " as " ~ data_type ~ ")") }}
{% endmacro %}


{% macro redshift__try_cast_to(expression, data_type, kind) %}
    {{ return(segmentation.default__try_cast_to(expression, data_type, kind)) }}
{% endmacro %}


{% macro number_bound(data_type) %}
    {#- What a number must stay below in size, so that the last cast cannot fail. -#}
    {%- set digits = modules.re.findall('[0-9]+', data_type) -%}
    {%- if digits | length < 2 -%}
        {{ return('1e300') }}
    {%- endif -%}
    {{ return('1e' ~ (digits[0] | int - digits[1] | int)) }}
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

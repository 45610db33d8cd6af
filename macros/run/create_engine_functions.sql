{% macro create_engine_functions() %}
    {{ return(adapter.dispatch('create_engine_functions', 'segmentation')()) }}
{% endmacro %}


{% macro default__create_engine_functions() %}
    {{ return("select 1") }}
{% endmacro %}


{% macro postgres__create_engine_functions() %}
    {#- PostgreSQL 15 has no try_cast: functions return null instead of an error. -#}
    {%- set schema = segmentation.internal_schema() -%}
    {#- Two builds starting at once must not race on the catalogue. -#}
    select pg_advisory_xact_lock(hashtext('segmentation_functions'));
    create schema if not exists {{ schema }};
    {{ segmentation.create_text_casts(schema) }}
    {{ segmentation.create_typed_casts(schema) }}
    {{ segmentation.create_edit_distance(schema) }}
    {{ segmentation.create_erasure_pad(schema) }}
    select 1
{% endmacro %}


{% macro redshift__create_engine_functions() %}
    {#- What PostgreSQL needs functions for, it has, except an edit distance. -#}
    {{ return("select 1") }}
{% endmacro %}


{% macro create_edit_distance(schema) %}
    {#- Of bytes, as on DuckDB. The extension may lie outside the search path. -#}
    {%- set read_bytes = "convert_from(convert_to(%s, 'UTF8'), 'LATIN1')" -%}
    do $do$
    begin
        if not exists (select from pg_extension where extname = 'fuzzystrmatch') then
            create extension fuzzystrmatch;
        end if;
    exception when others then
        raise exception using message =
            'Extension fuzzystrmatch was not found in database ' || current_database()
            || ' and could not be created: ' || sqlerrm || '. Comparing names needs '
            || 'its levenshtein(). Install the server''s contrib package, then run '
            || '"create extension fuzzystrmatch" as an owner of the database.';
    end
    $do$;
    do $do$
    begin
        execute format(
            $create$
                create or replace function {{ schema }}.segmentation_edit_distance(
                    a text, b text
                )
                returns integer
                language sql stable parallel safe
                as $$
                    select %s.levenshtein(
                        {{ read_bytes | replace('%s', 'a') }},
                        {{ read_bytes | replace('%s', 'b') }}
                    )
                $$
            $create$,
            (
                select quote_ident(nspname)
                from pg_extension
                inner join pg_namespace on extnamespace = pg_namespace.oid
                where extname = 'fuzzystrmatch'
            )
        );
    end
    $do$;
{% endmacro %}


{% macro create_text_casts(schema) %}
    {#- PostgreSQL reads far more texts than others, `now` and 01/02/2017 among them:
        what does not look like the type on any engine is not tried. -#}
    {%- set day = '[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}' -%}
    {%- set time = '[0-9]{1,2}:[0-9]{2}(:[0-5][0-9]([.][0-9]+)?)?' -%}
    {%- set name = '[A-Za-z_]+(/[-+A-Za-z0-9_]+)+' -%}
    {%- set zone = '([-+][0-9]{2}(:?[0-9]{2})?|Z| UTC| ' ~ name ~ ')' -%}
    create or replace function {{ schema }}.segmentation_try_number(
        value text, bound double precision
    )
    returns numeric
    language plpgsql immutable strict
    as $$
    begin
        if value !~* '^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?\s*$'
            or abs(cast(value as numeric)) >= bound
        then
            return null;
        end if;
        return cast(value as numeric);
    exception when others then
        return null;
    end
    $$;
    create or replace function {{ schema }}.segmentation_try_timestamp(value text)
    returns timestamp
    language plpgsql immutable strict
    as $$
    begin
        if value !~ '^{{ day }}([ T]{{ time }}{{ zone }}?)?$' then
            return null;
        end if;
        -- Others cut what is finer than a microsecond; a cast would round it.
        value := regexp_replace(value, '(\.\d{6})\d+', '\1');
        -- An offset or zone in the text is honoured; without one the text is UTC,
        -- whatever the time zone of the session.
        if value ~ ':.*{{ zone }}$' then
            return cast(value as timestamptz) at time zone 'UTC';
        end if;
        return cast(value as timestamp);
    exception when others then
        return null;
    end
    $$;
    create or replace function {{ schema }}.segmentation_try_date(value text)
    returns date
    language plpgsql immutable strict
    as $$
    begin
        if value !~ '^\s*{{ day }}([ T]{{ time }}{{ zone }}?)?\s*$' then
            return null;
        end if;
        return cast(value as date);
    exception when others then
        return null;
    end
    $$;
    create or replace function {{ schema }}.segmentation_try_boolean(value text)
    returns boolean
    language sql immutable
    as $$
        select case
            when lower(value) in ('true', 't', 'yes', 'y', '1') then true
            when lower(value) in ('false', 'f', 'no', 'n', '0') then false
        end
    $$;
{% endmacro %}


{% macro create_typed_casts(schema) %}
    {#- A value that has a fitting type cannot fail: the planner inlines these, which
        takes a sixth of the time of catching errors row by row. -#}
    {%- set by_text = 'cast(cast(value as text) as numeric)' -%}
    {%- set within = 'case when value > -bound and value < bound then %s end' -%}
    {%- set utc = "value at time zone 'UTC'" -%}
    {% for kind, type, given, expression in [
        ('number', 'numeric', 'numeric', within | format('value')),
        ('number', 'numeric', 'bigint', within | format('cast(value as numeric)')),
        ('number', 'numeric', 'integer', within | format('cast(value as numeric)')),
        ('number', 'numeric', 'double precision', within | format(by_text)),
        ('number', 'numeric', 'real', within | format(by_text)),
        ('timestamp', 'timestamp', 'timestamp', 'value'),
        ('timestamp', 'timestamp', 'timestamptz', utc),
        ('timestamp', 'timestamp', 'date', 'cast(value as timestamp)'),
        ('date', 'date', 'date', 'value'),
        ('date', 'date', 'timestamp', 'cast(value as date)'),
        ('date', 'date', 'timestamptz', 'cast(' ~ utc ~ ' as date)'),
        ('boolean', 'boolean', 'boolean', 'value'),
    ] + segmentation.casts_by_text(schema) %}
    create or replace function {{ schema }}.segmentation_try_{{ kind }}(
        value {{ given }}{{ ', bound double precision' if kind == 'number' }}
    )
    returns {{ type }}
    language sql immutable
    as $$ select {{ expression }} $$;
    {% endfor %}
{% endmacro %}


{% macro casts_by_text(schema) %}
    {#- Any other type goes by its text, as on an engine with a try_cast. -#}
    {%- set casts = [] -%}
    {%- for kind, type in {
        'number': 'numeric', 'timestamp': 'timestamp', 'date': 'date',
        'boolean': 'boolean',
    }.items() -%}
        {%- do casts.append((
            kind, type, 'anyelement',
            schema ~ '.segmentation_try_' ~ kind ~ '(cast(value as text)'
            ~ (', bound' if kind == 'number' else '') ~ ')'
        )) -%}
    {%- endfor -%}
    {{ return(casts) }}
{% endmacro %}

{% macro create_engine_functions() %}
    {{ return(adapter.dispatch('create_engine_functions', 'segmentation')()) }}
{% endmacro %}


{% macro default__create_engine_functions() %}
    {{ return("select 1") }}
{% endmacro %}


{% macro postgres__create_engine_functions() %}
    {#- PostgreSQL 15 has no try_cast: one function per type returns null instead. -#}
    {%- set schema = segmentation.internal_schema() -%}
    {#- Two builds starting at once must not race on the catalogue. -#}
    select pg_advisory_xact_lock(hashtext('segmentation_functions'));
    create schema if not exists {{ schema }};
    {% for kind, type in {
        'number': 'numeric',
        'timestamp': 'timestamp',
        'date': 'date',
        'boolean': 'boolean',
    }.items() %}
    create or replace function {{ schema }}.segmentation_try_{{ kind }}(value text)
    returns {{ type }}
    language plpgsql immutable strict
    as $$
    begin
        {% if kind == 'number' %}
        if lower(trim(value)) in ('nan', 'infinity', '-infinity') then
            return null;
        end if;
        return cast(value as numeric);
        {% elif kind == 'timestamp' %}
        -- An offset in the text is honoured; without one the text is UTC, whatever
        -- the time zone of the session.
        if value ~ ':.*([+-][0-9]{2}(:?[0-9]{2})?|[Zz])\s*$' then
            return cast(value as timestamptz) at time zone 'UTC';
        end if;
        return cast(value as timestamp);
        {% else %}
        return cast(value as {{ type }});
        {% endif %}
    exception when others then
        return null;
    end
    $$;
    {% endfor %}
    select 1
{% endmacro %}

{% macro keyed_digest(parts) %}
    {#- HMAC-SHA-256 of texts, in hex, with the key of SEGMENTATION_ERASURE_KEY, which no
        statement holds: statements are logged. Null where one of the texts is. -#}
    {{ return(adapter.dispatch('keyed_digest', 'segmentation')(
        parts | join(' || chr(31) || ')
    )) }}
{% endmacro %}


{% macro default__keyed_digest(text) %}
    {{ exceptions.raise_compiler_error(
        'Somebody was erased, and ' ~ target.type ~ ' has no keyed digest to keep their '
        ~ 'rows out by; expected DuckDB or PostgreSQL.'
    ) }}
{% endmacro %}


{% macro duckdb__keyed_digest(text) %}
    {#- The plugin of the profile has the key. -#}
    {%- set pad = "segmentation_erasure_pad('%s')" -%}
    {{ return(
        'sha256(' ~ pad % 'outer' ~ ' || unhex(sha256(' ~ pad % 'inner' ~ ' || encode('
        ~ text ~ '))))'
    ) }}
{% endmacro %}


{% macro postgres__keyed_digest(text) %}
    {#- A setting of the session has it. In subqueries: once, not once per row. -#}
    {%- set pad = '(select ' ~ segmentation.internal_schema()
        ~ '.segmentation_erasure_pad(%s))' -%}
    {{ return(
        'encode(sha256(' ~ pad % '92' ~ ' || sha256(' ~ pad % '54' ~ " || convert_to("
        ~ text ~ ", 'UTF8'))), 'hex')"
    ) }}
{% endmacro %}


{% macro create_erasure_pad(schema) %}
    {#- A byte with each byte of the key, filled up to the 64 bytes of a block. Without a
        key it is none, which gives digests that nothing has. -#}
    create or replace function {{ schema }}.segmentation_erasure_pad(with_byte integer)
    returns bytea
    language plpgsql stable
    as $$
    declare
        key bytea := decode(
            coalesce(current_setting('segmentation.erasure_key', true), ''), 'hex'
        );
    begin
        key := key || decode(repeat('00', 64 - length(key)), 'hex');
        for place in 0..63 loop
            key := set_byte(key, place, get_byte(key, place) # with_byte);
        end loop;
        return key;
    end
    $$;
{% endmacro %}

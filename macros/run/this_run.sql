{% macro run_id() %}
    {{ return(invocation_id) }}
{% endmacro %}


{% macro is_sample() %}
    {#- Of a sample, or of no rows at all, nothing is released or recorded. -#}
    {{ return(
        true if (
            invocation_args_dict.get('empty') or invocation_args_dict.get('sample')
        ) else false
    ) }}
{% endmacro %}


{% macro recorded_rows(relation) %}
    {#- Unit tests cannot replace a table that does not exist yet, but a macro. -#}
    {{ return(relation if is_incremental() else none) }}
{% endmacro %}

{% macro explain_failures() %}
    {#- A test that says why it fails in a column `message` is read out at the end. -#}
    {%- if execute -%}
        {%- for result in results
            if result.status in ('fail', 'warn')
            and result.node.config.meta.get('explains') -%}
            {%- set findings = run_query(result.node.compiled_code) -%}
            {%- for row in findings.rows if loop.index <= 20 -%}
                {%- do log(
                    ('ERROR  ' if result.status == 'fail' else 'WARNING  ')
                    ~ row['message'], info=true
                ) -%}
            {%- endfor -%}
            {%- if findings.rows | length > 20 -%}
                {%- do log(
                    '... and ' ~ (findings.rows | length - 20) ~ ' more from '
                    ~ result.node.name, info=true
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return('select 1') }}
{% endmacro %}

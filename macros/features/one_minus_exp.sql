{% macro one_minus_exp(value) %}
    {#- 1 - exp(-y) of a y that is not negative; the difference would cancel. -#}
    case
        when {{ value }} < 1e-3
            then
                {{ value }} * (
                    1 - {{ value }} / 2e0 * (
                        1 - {{ value }} / 3e0 * (
                            1 - {{ value }} / 4e0 * (1 - {{ value }} / 5e0)
                        )
                    )
                )
        else 1 - {{ segmentation.exp_floored('-' ~ value) }}
    end
{%- endmacro %}


{% macro exp_floored(expression) %}
    {#- PostgreSQL refuses a result that is too small to be told from zero. -#}
    {{ return("exp(greatest(" ~ expression ~ ", -5e2))") }}
{% endmacro %}

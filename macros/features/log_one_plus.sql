{% macro log_one_plus(value) %}
    {#- ln(1 + s) of an s that is not negative: the sum would round a small s away. -#}
    case
        when {{ value }} < 1e-4
            then
                {{ value }} * (
                    1 - {{ value }} * (0.5 - {{ value }} * (1 / 3e0 - {{ value }} / 4e0))
                )
        else ln(1 + {{ value }})
    end
{%- endmacro %}

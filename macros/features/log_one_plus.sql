{% macro log_one_plus(value) %}
    {#-
        ln(1 + s) of an s that is not negative. The sum rounds s; the quotient, which
        is not one by the same rounding, puts that right (Higham, 2002, "Accuracy and
        Stability of Numerical Algorithms", theorem 1.14.1).
    -#}
    case
        when {{ value }} < 1e-4
            then
                {{ value }} * (
                    1 - {{ value }} * (0.5 - {{ value }} * (1 / 3e0 - {{ value }} / 4e0))
                )
        else ln(1 + {{ value }}) * ({{ value }} / ((1 + {{ value }}) - 1))
    end
{%- endmacro %}

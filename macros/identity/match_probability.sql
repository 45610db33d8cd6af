{% macro match_probability(weight_stranger, weight_household) %}
    {#-
        Odds of a match against strangers and against housemates, both as bits, make one
        probability. Rounded, so that engines agree before any threshold.
    -#}
    {%- set double = 'double precision' -%}
    {{ return(
        "round(cast(1.0 / (1.0 + power(2.0, -cast(" ~ weight_stranger ~ " as " ~ double
        ~ ")) + power(2.0, -cast(" ~ weight_household ~ " as " ~ double
        ~ "))) as numeric(18, 12)), 9)"
    ) }}
{% endmacro %}


{% macro match_evidence(weight_stranger, weight_household) %}
    {#-
        Logarithm of the odds, in thousandths of a bit; 15 bits are as good as certain.
        Engines round halves of floating numbers differently, those of decimals alike.
    -#}
    {%- set double = 'double precision' -%}
    {{ return(
        "cast(round(cast(greatest(-15000.0, least(15000.0, -1000.0 * ln(power(2.0, "
        ~ "-cast(" ~ weight_stranger ~ " as " ~ double ~ ")) + power(2.0, -cast("
        ~ weight_household ~ " as " ~ double
        ~ "))) / ln(2.0))) as numeric(18, 6))) as integer)"
    ) }}
{% endmacro %}

{% macro fold_text(expression) %}
    {#-
        One spelling of a name or street for comparison: no case, accent, space or
        punctuation; ae, oe and ue are the vowel alone, as in Mueller and Müller. Plain
        `translate` and `replace`, which every engine decides alike.
    -#}
    {%- set letters = 'àáâãäåāăąçćčďđèéêëēėęěğìíîïīıłñńňòóôõöøōőřśşšșţťțùúûüūůűųýÿźżžς' -%}
    {%- set plain = 'aaaaaaaaacccddeeeeeeeegiiiiiilnnnoooooooorssssttt' ~ 'uuuuuuuuyyzzzσ' -%}
    {#- Combining marks, for letters that arrive as two characters. -#}
    {%- set marks = '\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b'
        ~ '\u030c\u0323\u0326\u0327\u0328' -%}
    {%- set separators = dbt.escape_single_quotes(' -.,/_()"`´’' ~ "'") -%}
    {%- set lowered = "replace(replace(lower(" ~ expression
        ~ "), 'ß', 'ss'), 'æ', 'ae')" -%}
    {%- set folded = "translate(" ~ lowered ~ ", '" ~ letters ~ marks ~ separators
        ~ "', '" ~ plain ~ "')" -%}
    {{ return(
        "nullif(replace(replace(replace(" ~ folded
        ~ ", 'ae', 'a'), 'oe', 'o'), 'ue', 'u'), '')"
    ) }}
{% endmacro %}

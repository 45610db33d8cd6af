{% macro require_columns(relation, names) %}
    {#-
        A seed that an adopter ships in place of the package's may lack columns of this
        version. The warehouse would name the first of them and not what to do.
    -#}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- set found = adapter.get_columns_in_relation(relation)
            | map(attribute='name') | map('lower') | list -%}
        {%- set missing = names | reject('in', found) | list -%}
        {%- if found and missing -%}
            {{ exceptions.raise_compiler_error(
                "Found the seed " ~ relation.identifier ~ " without "
                ~ missing | join(', ') ~ "; expected the columns "
                ~ names | join(', ') ~ ". Add them to the first line of your file, and "
                ~ "leave what nobody has decided yet empty."
            ) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

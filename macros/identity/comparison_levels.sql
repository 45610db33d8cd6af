{% macro comparison_levels() %}
    {#-
        How alike two compared records, `one` and `two`, are in each respect: 0 is clearly
        different, the highest level equal, null not observed. Levels are whole numbers
        made of equality, prefixes and edit distance, so that engines agree.
    -#}
    {{ return({
        'first_name': segmentation.first_name_level(),
        'last_name': segmentation.last_name_level(),
        'birth_date': segmentation.birth_date_level(),
        'gender': "case when one.gender = two.gender then 1 when one.gender <> two.gender then 0 end",
        'address': segmentation.address_level(),
        'email': segmentation.identifier_level('email', 2),
        'phone': segmentation.identifier_level('phone', 1),
        'national_id': segmentation.identifier_level('national_id', 2),
        'email_shared': segmentation.shared_level('email'),
        'phone_shared': segmentation.shared_level('phone'),
    }) }}
{% endmacro %}


{% macro edit_distance(column, other_column=none) %}
    {#- 63 letters of up to four bytes: PostgreSQL compares 255 at most. -#}
    {{ return(
        adapter.dispatch('edit_distance_function', 'segmentation')()
        ~ "(left(one." ~ column ~ ", 63), left(two." ~ (other_column or column) ~ ", 63))"
    ) }}
{% endmacro %}


{% macro default__edit_distance_function() %}
    {{ return('levenshtein') }}
{% endmacro %}


{% macro postgres__edit_distance_function() %}
    {{ return(segmentation.internal_schema() ~ '.segmentation_edit_distance') }}
{% endmacro %}


{% macro near(column) %}
    {#- Two slips in a word of five letters or more, one in a shorter one. -#}
    {{ return(
        segmentation.edit_distance(column) ~ " <= case when least(length(one." ~ column
        ~ "), length(two." ~ column ~ ")) >= 5 then 2 else 1 end"
    ) }}
{% endmacro %}


{% macro names_exchanged() %}
    {#- In short names two slips are too many to tell. -#}
    (
        least(length(one.first_name), length(one.last_name)) >= 4
        and least(length(two.first_name), length(two.last_name)) >= 4
        and {{ segmentation.edit_distance('first_name', 'last_name') }} <= 2
        and {{ segmentation.edit_distance('last_name', 'first_name') }} <= 2
    )
{%- endmacro %}


{% macro first_name_level() %}
    {#- Short forms begin like the name (Max) or are a part of it (Lotte). -#}
    case
        when one.first_name is null or two.first_name is null then null
        when one.first_name = two.first_name then 3
        when
            length(one.first_name) >= 3
            and length(two.first_name) >= 3
            and left(one.first_name, 3) = left(two.first_name, 3)
            then 2
        when {{ segmentation.near('first_name') }} then 2
        when
            length(one.first_name) >= 4
            and length(two.first_name) >= 4
            and (
                position(two.first_name in one.first_name) > 0
                or position(one.first_name in two.first_name) > 0
            )
            then 2
        when {{ segmentation.names_exchanged() }} then 1
        else 0
    end
{%- endmacro %}


{% macro last_name_level() %}
    case
        when one.last_name is null or two.last_name is null then null
        when one.last_name = two.last_name then 2
        when {{ segmentation.near('last_name') }} then 1
        when {{ segmentation.names_exchanged() }} then 1
        else 0
    end
{%- endmacro %}


{% macro birth_date_level() %}
    {#- One wrong digit; two digits wrong or exchanged. -#}
    case
        when one.birth_date is null or two.birth_date is null then null
        when one.birth_date = two.birth_date then 3
        when {{ segmentation.edit_distance('birth_date') }} <= 1 then 2
        when {{ segmentation.edit_distance('birth_date') }} <= 2 then 1
        else 0
    end
{%- endmacro %}


{% macro address_level() %}
    {#- One comparison: street, town and postal code agree or differ together. -#}
    {%- set same_place = '(one.postal_code = two.postal_code or one.city = two.city)' -%}
    case
        when
            (one.street is null or two.street is null)
            and (one.postal_code is null or two.postal_code is null)
            and (one.city is null or two.city is null)
            then null
        when one.street = two.street and {{ same_place }} then 4
        when {{ segmentation.edit_distance('street') }} <= 3 and {{ same_place }} then 3
        when
            (one.street is null or two.street is null) and one.postal_code = two.postal_code
            then 2
        when {{ same_place }} then 1
        else 0
    end
{%- endmacro %}


{% macro identifier_level(column, slips) %}
    case
        when one.{{ column }} is null or two.{{ column }} is null then null
        when one.{{ column }} = two.{{ column }} then 2
        when {{ segmentation.edit_distance(column) }} <= {{ slips }} then 1
        else 0
    end
{%- endmacro %}


{% macro shared_level(column) %}
    {#-
        Whether others show that the common value is a household's. A pair whose own
        first names differ would show it itself, so nothing is learned from it.
    -#}
    case
        when one.{{ column }} <> two.{{ column }} then null
        when one.{{ column }} is null or two.{{ column }} is null then null
        when {{ segmentation.first_name_level() }} = 0 then null
        when one.{{ column }}_is_shared then 1
        else 0
    end
{%- endmacro %}

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
        'email': segmentation.email_level(),
        'phone': segmentation.identifier_level('phone', 1),
        'national_id': segmentation.identifier_level('national_id', 2),
        'email_shared': segmentation.shared_level('email'),
        'phone_shared': segmentation.shared_level('phone'),
        'name_frequency': "case when " ~ segmentation.same_name()
            ~ " then one.name_frequency end",
        'inbox': segmentation.inbox_level(),
    }) }}
{% endmacro %}


{% macro edit_distance(column, other_column=none) %}
    {#- 63 letters of up to four bytes: PostgreSQL compares 255 at most. -#}
    {{ return(adapter.dispatch('distance_of_bytes', 'segmentation')(
        "left(one." ~ column ~ ", 63)", "left(two." ~ (other_column or column) ~ ", 63)"
    )) }}
{% endmacro %}


{% macro default__distance_of_bytes(one, other) %}
    {{ return('levenshtein(' ~ one ~ ', ' ~ other ~ ')') }}
{% endmacro %}


{% macro spark__distance_of_bytes(one, other) %}
    {#- Spark compares letters: here each byte is read as one. -#}
    {%- set read_bytes = "decode(encode(%s, 'UTF-8'), 'ISO-8859-1')" -%}
    {{ return(
        'levenshtein(' ~ read_bytes | replace('%s', one) ~ ', '
        ~ read_bytes | replace('%s', other) ~ ')'
    ) }}
{% endmacro %}


{% macro postgres__distance_of_bytes(one, other) %}
    {{ return(
        segmentation.internal_schema() ~ '.segmentation_edit_distance(' ~ one ~ ', '
        ~ other ~ ')'
    ) }}
{% endmacro %}


{% macro near(column) %}
    {#-
        Two slips in a word of five letters or more, one in a shorter one, where two
        letters that changed places are one slip.
    -#}
    {{ return(
        segmentation.edit_distance(column) ~ " <= case when least(length(one." ~ column
        ~ "), length(two." ~ column ~ ")) >= 5 or ("
        ~ segmentation.same_letters(column) ~ ") then 2 else 1 end"
    ) }}
{% endmacro %}


{% macro same_letters(column) %}
    {{ return(
        "length(one." ~ column ~ ") = length(two." ~ column ~ ")"
        ~ " and translate(one." ~ column ~ ", two." ~ column ~ ", '') = ''"
        ~ " and translate(two." ~ column ~ ", one." ~ column ~ ", '') = ''"
    ) }}
{% endmacro %}


{% macro names_exchanged() %}
    {#- In short names two slips are too many to tell. -#}
    (
        least(length(one.given_name), length(one.family_name)) >= 4
        and least(length(two.given_name), length(two.family_name)) >= 4
        and {{ segmentation.edit_distance('given_name', 'family_name') }} <= 2
        and {{ segmentation.edit_distance('family_name', 'given_name') }} <= 2
    )
{%- endmacro %}


{% macro first_name_level() %}
    {#-
        Slips and known short forms are one name. Names that begin alike or hold each
        other may be (Max), or be those of two sisters (Anna, Hannah).
    -#}
    case
        when one.given_name is null or two.given_name is null then null
        -- One inbox says one name of both.
        when
            one.email = two.email
            and one.first_name is null and two.first_name is null
            then null
        when one.given_name = two.given_name then 4
        when {{ segmentation.near('given_name') }} then 3
        when
            position('|' || two.given_name || '|' in one.name_forms) > 0
            or position('|' || one.given_name || '|' in two.name_forms) > 0
            then 3
        when {{ segmentation.names_exchanged() }} then 2
        when
            length(one.given_name) >= 3
            and length(two.given_name) >= 3
            and left(one.given_name, 3) = left(two.given_name, 3)
            then 1
        when
            length(one.given_name) >= 4
            and length(two.given_name) >= 4
            and (
                position(two.given_name in one.given_name) > 0
                or position(one.given_name in two.given_name) > 0
            )
            then 1
        else 0
    end
{%- endmacro %}


{% macro last_name_level() %}
    case
        when one.family_name is null or two.family_name is null then null
        when
            one.email = two.email
            and one.last_name is null and two.last_name is null
            then null
        when one.family_name = two.family_name then 2
        when {{ segmentation.near('family_name') }} then 1
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
        -- A street without a place is one of many of that name.
        when
            (one.postal_code is null or two.postal_code is null)
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


{% macro same_name() %}
    {{ return(
        "(one.given_name = two.given_name and one.family_name = two.family_name)"
    ) }}
{% endmacro %}


{% macro email_level() %}
    {#- Namesakes have similar addresses, so `inbox` compares theirs. -#}
    case
        when one.email is null or two.email is null then null
        when one.email = two.email then 2
        when {{ segmentation.same_name() }} then 0
        when {{ segmentation.edit_distance('email') }} <= 2 then 1
        else 0
    end
{%- endmacro %}


{% macro inbox_level() %}
    {#- Whoever changes the provider keeps the part before the @, or nearly so. -#}
    case
        when one.email <> two.email and {{ segmentation.same_name() }}
            then case when {{ segmentation.edit_distance('inbox') }} <= 2 then 1 else 0 end
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


{% macro identifier_kinds() %}
    {#-
        What an identifier begins with tells its kind: the first word of an inbox
        (familie.berg@), the first digits of a number, as every plan of numbers sets
        mobile lines apart. By type, a column of int_identity__compared_records.
    -#}
    {{ return({'email': segmentation.inbox_word(1), 'phone': 'left(phone, 2)'}) }}
{% endmacro %}


{% macro inbox_word(place) %}
    {{ return(
        "nullif(split_part(translate(split_part(email, '@', 1), '-_+0123456789', "
        ~ "'.............'), '.', " ~ place ~ "), '')"
    ) }}
{% endmacro %}


{% macro shared_level(column) %}
    {#-
        What others show of the common value: 0 nothing, 1 that people of several first
        names hold it, 2 that a third of its kind are held so. A pair whose own first
        names differ would show it itself, so nothing is learned from it.
    -#}
    case
        when one.{{ column }} <> two.{{ column }} then null
        when one.{{ column }} is null or two.{{ column }} is null then null
        when {{ segmentation.first_name_level() }} = 0 then null
        else one.{{ column }}_sharing
    end
{%- endmacro %}

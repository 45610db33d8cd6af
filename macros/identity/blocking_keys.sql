{% macro blocking_keys() %}
    {#-
        Which pairs of records are compared at all: those that agree on one of these
        keys. Each lists the columns of int_identity__compared_records that make the key,
        the comparisons that a pair of the block agrees on by construction, and how many
        records a key may have: of 40 records there are 780 pairs, of 400 a hundred
        times as many. For an identifier the seed identifier_limits says it.
        Names of an inbox agree wherever the inbox does.
    -#}
    {{ return([
        {'code': 'email', 'columns': ['email'], 'fixes': ['email']},
        {'code': 'phone', 'columns': ['phone'], 'fixes': ['phone']},
        {'code': 'national_id', 'columns': ['national_id'], 'fixes': ['national_id']},
        {'code': 'name', 'columns': ['first_name', 'last_name'],
         'fixes': ['first_name', 'last_name'], 'most': 40},
        {'code': 'name_of_inbox', 'columns': ['given_name', 'family_name'],
         'fixes': ['first_name', 'last_name', 'email', 'email_shared', 'inbox'],
         'most': 40},
        {'code': 'first_name_birth_date', 'columns': ['first_name', 'birth_date'],
         'fixes': ['first_name', 'birth_date'], 'most': 40},
        {'code': 'last_name_birth_date', 'columns': ['last_name', 'birth_date'],
         'fixes': ['last_name', 'birth_date'], 'most': 40},
        {'code': 'birth_date', 'columns': ['birth_date'], 'fixes': ['birth_date'], 'most': 40},
        {'code': 'birth_date_postal_code', 'columns': ['birth_date', 'postal_code'],
         'fixes': ['birth_date', 'address'], 'most': 40},
        {'code': 'first_name_postal_code', 'columns': ['first_name', 'postal_code'],
         'fixes': ['first_name', 'address'], 'most': 40},
        {'code': 'last_name_postal_code', 'columns': ['last_name', 'postal_code'],
         'fixes': ['last_name', 'address'], 'most': 40},
        {'code': 'street_postal_code', 'columns': ['street', 'postal_code'],
         'fixes': ['address'], 'most': 40},
        {'code': 'street_city', 'columns': ['street', 'city'], 'fixes': ['address'], 'most': 40},
    ]) }}
{% endmacro %}


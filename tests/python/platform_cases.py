"""What the advertising platforms say of values: examples, cases and versions."""

from hashlib import sha256

# What the platforms print, with the hash where they print it.
MARY = "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec"
VALERY = "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c"
JEONG = "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14"
SMITH = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"
PHONE = "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"
US = "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621"
SHOPPING = "223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4"
FREE = "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30"


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


# Platform, kind, value, the holder's country, hash.
PUBLISHED_CONTACTS = [
    ("meta", "email", "John_Smith@gmail.com", None, SMITH),
    ("meta", "phone", "(650)555-1212", "US", PHONE),
    ("google_ads", "email", "cloudy.sanfrancisco+shopping@gmail.com", None, SHOPPING),
    (
        *("google_ads", "email", "user.name+NYC@Example.com", None),
        hash_of("user.name+nyc@example.com"),
    ),
    ("google_ads", "phone", "(800)555-0100", "US", FREE),
    ("tiktok", "phone", "(657)777-0000", "US", hash_of("16577770000")),
    ("tiktok", "phone", "93-828222", "AM", hash_of("37493828222")),
    (
        *("tiktok", "email", "firstname-lastname@gmail.com", None),
        hash_of("firstname-lastname@gmail.com"),
    ),
]
# Platform, field, value, hash.
PUBLISHED_NAMES = [
    ("meta", "first_name", "Mary", MARY),
    ("meta", "first_name", "Valéry", VALERY),
    ("meta", "first_name", "정", JEONG),
    ("meta", "country", "US", US),
    ("meta", "city", "New York", hash_of("newyork")),
]
# Rule, value, country, what is to be hashed or sent.
CASES = [
    ("email_lower", " Ann.B+c@Gmail.com\u00a0", None, "ann.b+c@gmail.com"),
    ("email_lower", "ΠΑΣ.Σ@x.gr", None, "\u03c0\u03b1\u03c3.\u03c3@x.gr"),
    ("email_lower", "πας@x.gr", None, "πας@x.gr"),
    ("email_lower", "İI@x.tr", None, "ii@x.tr"),
    ("email_lower", "a b@x.de", None, None),
    ("email_lower", "ab.de", None, None),
    ("email_lower", "a@b@c.de", None, None),
    ("email_lower", "@x.de", None, None),
    ("email_lower", "a@localhost", None, None),
    ("email_lower", "", None, None),
    ("email_without_plus", "Ann.B+c+d@x.de", None, "ann.b@x.de"),
    ("email_without_plus", "+c@x.de", None, None),
    ("email_gmail_dots", "A. B+c@GoogleMail.com", None, "ab+c@googlemail.com"),
    ("email_gmail_dots", "a.b+c@x.de", None, "a.b+c@x.de"),
    ("email_gmail_dots", "...@gmail.com", None, None),
    ("email_gmail_dots_and_plus", "A.B+c.d@gmail.com", None, "ab@gmail.com"),
    ("email_gmail_dots_and_plus", "a.b+c@mail.gmail.com", None, "a.b+c@mail.gmail.com"),
    ("email_gmail_dots_and_plus", "+c@gmail.com", None, None),
    ("phone_e164", "0171 2345678", "DE", "+491712345678"),
    ("phone_e164", "0171 2345678", "de", "+491712345678"),
    ("phone_e164", "0171 2345678", None, None),
    ("phone_e164", "0171 2345678", "Germany", None),
    ("phone_e164", "+49 (0) 171 / 234-56.78", "AT", "+491712345678"),
    ("phone_e164", "(+49) 171 2345678", None, "+491712345678"),
    ("phone_e164", "0049 171 2345678", None, "+491712345678"),
    ("phone_e164", "\u202a+49 171 2345678\u202c", None, "+491712345678"),
    ("phone_e164", "1 650 555 1212", None, "+16505551212"),
    ("phone_e164", "1 650 555 1212", "CA", "+16505551212"),
    ("phone_e164", "138 1234 5678", "CN", "+8613812345678"),
    ("phone_e164", "555 1212", "US", None),
    ("phone_e164", "06 1234 5678", "IT", "+390612345678"),
    ("phone_e164", "+39 06 1234 5678", None, "+390612345678"),
    ("phone_e164", "07 01 23 45 67", "CI", "+2250701234567"),
    ("phone_e164", "8 (916) 123-45-67", "RU", "+79161234567"),
    ("phone_e164", "800 555 35 35", "RU", "+78005553535"),
    ("phone_e164", "06 30 123 4567", "HU", "+36301234567"),
    ("phone_e164", "8 029 123 45 67", "BY", "+375291234567"),
    ("phone_e164", "+49 171 2345678 ext. 9", "DE", None),
    ("phone_e164", "+999 171 2345678", "DE", None),
    ("phone_e164", "110", "DE", None),
    ("phone_e164", "+", "DE", None),
    ("phone_e164", "", "DE", None),
    ("phone_digits", "+44 (0)20 7183 8750", None, "442071838750"),
    ("name_as_written", "\u3000Ann-Marie ", None, "Ann-Marie"),
    ("name_as_written", " \t", None, None),
    ("name_without_titles", "Mrs. Mary", None, "mary"),
    ("name_without_titles", "Prof. Dr. Anna", None, "anna"),
    ("name_without_titles", "Drew", None, "drew"),
    ("name_without_titles", "Mrs.", None, None),
    ("name_without_suffixes", "O'Neill, Jr.", None, "o'neill"),
    ("name_without_suffixes", "Windsor III", None, "windsor"),
    ("name_without_suffixes", "Ballivii", None, "ballivii"),
    ("name_without_punctuation", " Mc'Lean-O’Hara. ", None, "mcleanohara"),
    ("name_without_punctuation", "ΘΩΜΑΣ", None, "θωμασ"),
    ("name_without_punctuation", "-.-", None, None),
    ("city_squeezed", "St. John's (NL)", None, "stjohnsnl"),
    ("city_squeezed", "Köln + Umland", None, "kölnumland"),
    ("region_squeezed", "New York", "US", "ny"),
    ("region_squeezed", "N.Y.", "us", "ny"),
    ("region_squeezed", "Bayern", "US", None),
    ("region_squeezed", "Baden-Württemberg", "DE", "badenwürttemberg"),
    ("region_squeezed", "New York", None, None),
    ("postal_code_as_written", " 12345-6789 ", "US", "12345-6789"),
    ("postal_code_shortened", "12345-6789", "US", "12345"),
    ("postal_code_shortened", "2134", "US", None),
    ("postal_code_shortened", "1234-5678", "US", None),
    ("postal_code_shortened", "SW1A 1AA", "GB", "sw1a1"),
    ("postal_code_shortened", "M1 1AE", "GB", "m11"),
    ("postal_code_shortened", "SW1A", "GB", None),
    ("postal_code_shortened", "99-440 A", "PL", "99440a"),
    ("postal_code_shortened", "12345", None, None),
    ("country_lower", " DE", " DE", "de"),
    ("country_lower", "Germany", "Germany", None),
    ("country_upper", "gb", "gb", "GB"),
]
# Days, platform, kind, value, what is hashed on that day.
VERSIONS = [
    ("2025-05-31", "tiktok", "email", "a.b+c@gmail.com", "a.b+c@gmail.com"),
    ("2025-06-01", "tiktok", "email", "a.b+c@gmail.com", "a.b@gmail.com"),
    ("2025-06-01", "tiktok", "phone", "+49 171 2345678", "+491712345678"),
    ("2025-08-01", "tiktok", "phone", "+49 171 2345678", "491712345678"),
    ("2025-08-01", "google_ads", "email", "a.b+c@gmail.com", "ab+c@gmail.com"),
    ("2026-11-29", "google_ads", "email", "a.b+c@gmail.com", "ab@gmail.com"),
]

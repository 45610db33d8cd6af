"""Names, streets and towns of the region, and how people write them."""

# Words in a row are easier to read than lists of them; dotless i is a letter.
# ruff: noqa: SIM905, RUF001

FEMALE = (
    "Anna Maria Sabine Petra Monika Claudia Susanne Andrea Ursula Karin Birgit "
    "Renate Elke Ute Heike Stefanie Katharina Christine Martina Angelika Julia "
    "Laura Lea Lena Sophie Hannah Emma Mia Clara Charlotte Johanna Elisabeth "
    "Margarethe Franziska "
    "Alexandra Nicole Melanie Sandra Anja Silke Zoë Chloé Jördis Ayşe Fatma Elif "
    "Agnieszka Katarzyna Małgorzata Olga Irina Svetlana Nadja Mireille Françoise "
    "Giulia"
).split()
MALE = (
    "Peter Michael Thomas Andreas Wolfgang Klaus Jürgen Stefan Christian Uwe Frank "
    "Ralf Bernd Martin Matthias Markus Alexander Daniel Sebastian Tobias Jan Lukas "
    "Leon Finn "
    "Jonas Paul Felix Maximilian Moritz Friedrich Wilhelm Heinrich Johannes Joachim "
    "Günther Jörg Björn Sören Łukasz Paweł Tomasz Mehmet Mustafa İbrahim Ali Igor "
    "Dmitri François René Luca Marco Robert Benjamin Dominik Philipp Simon"
).split()
NICKNAMES = {
    "Katharina": "Kathi",
    "Stefanie": "Steffi",
    "Susanne": "Susi",
    "Christine": "Tine",
    "Elisabeth": "Lisa",
    "Margarethe": "Grete",
    "Alexandra": "Alex",
    "Franziska": "Franzi",
    "Johanna": "Hanna",
    "Charlotte": "Lotte",
    "Michael": "Micha",
    "Thomas": "Tom",
    "Andreas": "Andi",
    "Wolfgang": "Wolf",
    "Matthias": "Matze",
    "Alexander": "Alex",
    "Sebastian": "Basti",
    "Tobias": "Tobi",
    "Maximilian": "Max",
    "Friedrich": "Fritz",
    "Wilhelm": "Willi",
    "Heinrich": "Heinz",
    "Johannes": "Hans",
    "Joachim": "Jochen",
    "Robert": "Robi",
    "Benjamin": "Ben",
    "Dominik": "Nick",
    "Philipp": "Phil",
}
# Family names are a stem and an ending, some on their own.
_STEMS = (
    "Acker Alt Berg Birk Blum Brand Braun Buch Busch Dorn Eich Fels Feld Fisch Frei "
    "Gold Grün Hart Haus Heid Hell Herr Hirsch Hof Holz Horn Kalt Kirch Klein Kohl "
    "Kron Land Lang Lind Löw Mühl Nacht Neu Ober Oster Rot Sand Schön Schwarz Sommer "
    "Stein Stern Tann Thal Unter Wald Weiß Wies Winkel Winter Wolf Zell"
).split()
_ENDINGS = (
    "bach bauer berg er feld hammer haus hofer holz inger kamp ke ler mann meier "
    "müller ner reich rich sen stein thaler wald weg"
).split()
_WHOLE = (
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch "
    "Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Krüger Yılmaz Kaya "
    "Demir Şahin Nowak Kowalski Wójcik Ivanova Petrov Novák Dvořák Rossi Keller "
    "Brunner Baumgartner Moser Gruber Huber Frey Zürcher Smith Jones Taylor O'Brien"
).split()
FAMILY = (*_WHOLE, *(stem + ending for stem in _STEMS for ending in _ENDINGS))
STREETS = tuple(
    stem + ending
    for stem in (
        "Bahnhof Haupt Garten Schul Kirch Berg Wald Linden Rosen Mühlen Dorf Feld "
        "Ring Birken Wiesen Goethe Schiller Mozart Beethoven Park Hafen See"
    ).split()
    for ending in ("straße", "weg", "allee", "gasse", "platz")
)
# Town, its postal codes, region and country.
TOWNS = (
    ("Hamburg", 20095, "Hamburg", "DE"),
    ("Berlin", 10115, "Berlin", "DE"),
    ("München", 80331, "Bayern", "DE"),
    ("Köln", 50667, "Nordrhein-Westfalen", "DE"),
    ("Frankfurt am Main", 60311, "Hessen", "DE"),
    ("Stuttgart", 70173, "Baden-Württemberg", "DE"),
    ("Düsseldorf", 40210, "Nordrhein-Westfalen", "DE"),
    ("Leipzig", 4103, "Sachsen", "DE"),
    ("Nürnberg", 90402, "Bayern", "DE"),
    ("Lübeck", 23552, "Schleswig-Holstein", "DE"),
    ("Wien", 1010, "Wien", "AT"),
    ("Graz", 8010, "Steiermark", "AT"),
    ("Zürich", 8001, "Zürich", "CH"),
    ("Bern", 3011, "Bern", "CH"),
    ("London", 0, "England", "GB"),
)
TOWN_SHARES = (17, 17, 11, 9, 6, 6, 5, 5, 4, 4, 5, 3, 5, 2, 4)
COUNTRY_NAMES = {
    "DE": "Deutschland",
    "AT": "Österreich",
    "CH": "Schweiz",
    "GB": "United Kingdom",
}
DIAL_CODES = {"DE": "49", "AT": "43", "CH": "41", "GB": "44"}
CURRENCIES = {"DE": "EUR", "AT": "EUR", "CH": "CHF", "GB": "GBP"}
# Reserved by RFC 2606: mail to them reaches nobody.
MAIL_DOMAINS = ("post.example", "mail.example", "inbox.example", "web.example")
_PLAIN = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "ß": "ss",
        "ş": "s",
        "Ş": "S",
        "ı": "i",
        "İ": "I",
        "ł": "l",
        "Ł": "L",
        "ó": "o",
        "é": "e",
        "ë": "e",
        "ç": "c",
        "á": "a",
        "ř": "r",
    }
)


def plain(text: str) -> str:
    """Return the text without letters that many forms refuse."""
    return text.translate(_PLAIN)


def mail_name(first: str, family: str, number: int) -> str:
    """Return the part of an address before the @; numbers keep it unique."""
    name = plain(f"{first}.{family}").lower().replace("'", "").replace(" ", "")
    return f"{name}{number}"


def mistyped(text: str, place: int, kind: int) -> str:
    """Return the text with a slip: two letters swapped, one lost or one doubled."""
    if len(text) < 3:
        return text
    at = 1 + place % (len(text) - 2)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    return text[: at + 1] + text[at:]

"""What the input layer holds of the rows in omnichannel_rows.py, worked out by hand."""

from collections.abc import Mapping

Expected = tuple[str, list[tuple[str | None, ...]]]


# Columns of an entity, and all of its rows.
EXPECTED: Mapping[str, Expected] = {
    "customer_records": (
        (
            "source_system, source_customer_id, account_id, email, first_name, "
            "last_name, birth_date, gender, country_code, created_at, updated_at, "
            "is_deleted"
        ),
        [
            *(
                (
                    *("omni_crm", contact, account, "eva@firm.invalid", "Eva", "Moser"),
                    *("1975-05-06", gender, country, "2024-03-05 10:11:12"),
                    *(updated_at, is_deleted),
                )
                for contact, account, gender, country, updated_at, is_deleted in (
                    ("C1", "F1", "female", "AT", "2024-03-05 10:11:12", "false"),
                    ("C1", "F1", "female", "AT", "2024-07-05 08:11:12.25", "true"),
                    ("C2", None, None, "Liechtenstein", "2024-03-05 10:11:12", "false"),
                    ("C4", "F1", "male", "GB", "2024-03-05 10:11:12", "false"),
                )
            ),
            (
                *("omni_helpdesk", "Q1", None, "a@b.invalid", "Ann", "Lee", None, None),
                *(None, "2024-03-05 10:11:12", None, None),
            ),
            (
                *(
                    "omni_mailing",
                    "1",
                    None,
                    "a@b.invalid",
                    "Ann",
                    "van Lee",
                    None,
                    None,
                ),
                *(None, "2024-01-06 01:00:00", "2024-01-06 01:00:00", None),
            ),
            (
                *("omni_mailing", "1", None, "c@d.invalid", "Ann", None, None, None),
                *(None, "2024-01-06 01:00:00", "2024-07-06 00:00:00", None),
            ),
            *(
                (
                    *("omni_shop", "A1", None, mail, "Ann", "Lee", "1990-12-31", None),
                    *("DE", "2024-01-15 23:30:00", updated_at, is_deleted),
                )
                for mail, updated_at, is_deleted in (
                    ("old@mail.invalid", "2024-01-15 23:30:00", "false"),
                    ("new@mail.invalid", "2024-07-01 10:00:00", "false"),
                    ("old@mail.invalid", "2024-11-01 10:00:00", "true"),
                )
            ),
            (
                *("omni_survey", "P1", None, "a@b.invalid", None, None, None, None),
                *(None, "2024-03-05 10:11:12", None, None),
            ),
            (
                *("omni_till", "1", None, "a@b.invalid", "Ann", "Lee", "1980-02-01"),
                *("female", None, None, None, None),
            ),
            # A day without a time is noon of that day in Berlin.
            (
                *("omni_till", "2", None, None, None, "Cher", None, "male", None),
                *("2024-01-15 11:00:00", None, None),
            ),
        ],
    ),
    "accounts": (
        "account_id, account_name, industry, employee_count, country_code, updated_at",
        [
            ("F1", "Firm", "Retail", "12", "CH", "2024-03-05 10:11:12"),
            ("F2", "Works", "Steel", "120", "DE", "2024-07-05 08:11:12"),
        ],
    ),
    "customer_attributes": (
        (
            "source_customer_id, attribute_name, attribute_value, attribute_group, "
            "observed_at"
        ),
        [
            ("P1", name, value, "demographic", "2024-03-05 10:11:12")
            for name, value in (
                ("age_band", "25-34"),
                ("household_size", "3"),
                ("income_band", "under 30k"),
            )
        ],
    ),
    "identifiers": (
        (
            "source_system, source_customer_id, identifier_type, identifier_value, "
            "observed_at"
        ),
        [
            ("omni_product", "D1", "login", "A1", "2024-07-05 08:11:12"),
            ("omni_shop", "A1", "login", "A1", "2024-01-15 23:30:00"),
            ("omni_shop", "A2", "login", "A2", "2024-01-15 23:30:00"),
            (
                "omni_shop",
                "guest-O2",
                "email",
                "guest@mail.invalid",
                "2024-07-02 10:00:00",
            ),
            ("omni_shop", "guest-O2", "phone", "+41 44 2", "2024-07-02 10:00:00"),
            ("omni_social", "x:ann", "email", "a@b.invalid", "2024-03-05 10:11:12"),
            ("omni_web", "v1", "login", "A1", "2024-03-05 10:11:12"),
        ],
    ),
    "products": (
        "source_system, product_id, product_name, category, brand, unit_cost",
        [
            (source, *article)
            for source in ("omni_shop", "omni_till")
            for article in (
                ("S1", "Mug", "Kitchen", "Private", "2.50"),
                ("S2", "Lamp", "Light", "Lumen", "19.99"),
            )
        ],
    ),
    "orders": (
        (
            "source_system, source_customer_id, order_id, ordered_at, channel, "
            "currency_code, gross_amount, discount_amount, tax_amount, "
            "shipping_amount, net_amount, margin_amount, campaign_id, coupon_code, "
            "updated_at, is_deleted"
        ),
        [
            *(
                (
                    *(
                        "omni_shop",
                        "A1",
                        "O1",
                        "2024-03-05 10:11:12",
                        "web",
                        "EUR",
                        gross,
                    ),
                    *("10.00", "14.37", "4.90", net, margin, "7", "TEN", updated_at),
                    "false",
                )
                for gross, net, margin, updated_at in (
                    ("100.00", "90.00", "40.00", "2024-03-05 10:11:12"),
                    ("90.00", "80.00", "30.00", "2024-03-06 09:00:00"),
                )
            ),
            # At 1.05 from July on: 14.37 x 1.05 = 15.0885, 4.90 x 1.05 = 5.145.
            (
                *("omni_shop", "guest-O2", "O2", "2024-07-02 10:00:00", "app", "CHF"),
                *("105.00", "10.50", "15.09", "5.15", "94.50", "42.00", "7", None),
                *("2024-07-02 10:00:00", "false"),
            ),
            # In Berlin it is October: 1.20, not the 1.18 of September.
            (
                *("omni_shop", "A1", "O3", "2024-09-30 22:30:00", "web", "GBP"),
                *("120.00", "12.00", "17.24", "5.88", "108.00", "48.00", None, None),
                *("2024-09-30 22:30:00", "false"),
            ),
            *(
                (
                    *("omni_shop", "A1", "O4", "2024-03-05 10:11:12", "web", "EUR"),
                    *("100.00", "10.00", "14.37", "4.90", "90.00", "40.00", "7"),
                    *(None, updated_at, is_deleted),
                )
                for updated_at, is_deleted in (
                    ("2024-03-05 10:11:12", "false"),
                    ("2024-03-07 00:00:00", "true"),
                )
            ),
            *(
                (
                    *(
                        "omni_till",
                        record,
                        receipt,
                        ordered_at,
                        "store",
                        currency,
                        gross,
                    ),
                    *(discount, None, None, net, None, None, None, None, None),
                )
                for record, receipt, ordered_at, currency, gross, discount, net in (
                    # Winter: an hour before Berlin. Summer: two. 10.00 x 1.05.
                    (
                        *("1", "1", "2024-03-05 09:11:12", "EUR", "1234.50", "34.50"),
                        "1200.00",
                    ),
                    (
                        *("receipt-2", "2", "2024-07-05 08:11:12", "CHF", "10.50"),
                        *("0.00", "10.50"),
                    ),
                    # The hour that comes twice is the second one, in winter time; the
                    # one that is skipped is the one after it.
                    ("1", "3", "2024-10-27 01:30:00", "EUR", "12.00", "0.00", "-3.50"),
                    ("1", "4", "2024-03-31 01:30:00", None, "5.00", "0.00", "5.00"),
                )
            ),
        ],
    ),
    "order_changes": (
        "source_system, source_customer_id, order_id, change_type, changed_at, amount",
        [
            ("omni_shop", "A1", "O1", "cancelled", "2024-10-10 08:00:00", None),
            ("omni_shop", "A1", "O3", "returned", "2024-10-10 08:00:00", "12.00"),
            ("omni_shop", "guest-O2", "O2", "refunded", "2024-10-10 08:00:00", "5.25"),
            ("omni_till", "1", "1", "returned", "2024-03-08 08:00:00", "200.00"),
            ("omni_till", "receipt-2", "2", "returned", "2024-07-08 07:00:00", "4.20"),
        ],
    ),
    "order_lines": (
        (
            "source_system, source_customer_id, order_id, line_id, product_id, "
            "quantity, net_amount, discount_amount"
        ),
        [
            ("omni_shop", "A1", "O1", "1", "S1", "2.000", "80.00", "10.00"),
            ("omni_shop", "guest-O2", "O2", "1", "S2", "1.000", "94.50", "10.50"),
            ("omni_till", "1", "1", "1", "S1", "3.000", "1200.00", "34.50"),
            ("omni_till", "receipt-2", "2", "1", "S2", "1.000", "10.50", "0.00"),
        ],
    ),
    "events": (
        (
            "source_system, source_customer_id, event_id, event_name, surface, "
            "occurred_at, session_id, device_type, utm_source, utm_campaign"
        ),
        [
            (
                *("omni_product", "D1", "1", "timer", "product", "2024-10-27 00:30:00"),
                *("D1-4", None, None, None),
            ),
            *(
                (
                    "omni_web",
                    "v1",
                    event,
                    name,
                    surface,
                    at,
                    "s1",
                    device,
                    "news",
                    "spring",
                )
                for event, name, surface, at, device in (
                    ("E1", "page_view", "web", "2024-03-05 10:11:12", "desktop"),
                    ("E2", "product_view", "app", "2024-07-05 08:11:12.001", "mobile"),
                    ("E3", "search", "app", "2024-03-05 10:11:12", "tablet"),
                    ("E4", "add_to_cart", "web", "2024-03-05 10:11:12", "mobile"),
                    ("E5", "checkout", "web", "2024-03-05 10:11:12", "desktop"),
                    ("E6", "purchase", "web", "2024-03-05 10:11:12", "desktop"),
                    ("E7", "login", "web", "2024-03-05 10:11:12", "desktop"),
                )
            ),
        ],
    ),
    "messages": (
        (
            "message_event_id, source_customer_id, campaign_id, channel, "
            "event_type, occurred_at, is_machine"
        ),
        [
            # Four hours behind UTC in summer, five in winter.
            (number, "1", "7", "email", event_type, at, is_machine)
            for number, event_type, at, is_machine in (
                ("1", "sent", "2024-07-01 16:00:00", "false"),
                ("2", "opened", "2024-07-01 16:00:00", "true"),
                ("3", "clicked", "2024-07-01 16:00:00", "false"),
                ("4", "bounced", "2024-07-01 16:00:00", "false"),
                ("5", "unsubscribed", "2024-07-01 16:00:00", None),
                ("6", "complained", "2024-07-01 16:00:00", "false"),
                ("7", "sent", "2024-11-03 06:30:00", "false"),
            )
        ],
    ),
    "campaigns": (
        (
            "campaign_id, campaign_name, channel, targeting, started_at, ended_at, "
            "cost_amount, offer_code"
        ),
        [
            # The clocks change between start and end.
            (
                *("7", "Spring", "email", "segmented", "2024-03-10 06:30:00"),
                *("2024-03-10 07:30:00", "99.95", "S5"),
            ),
            (
                *("8", "All", "email", "broadcast", "2024-11-03 06:30:00"),
                *(None, None, None),
            ),
        ],
    ),
    "campaign_exposures": (
        "source_customer_id, campaign_id, arm, assigned_at, exposed_at",
        [
            ("1", "7", "segmented", "2024-03-01 03:00:00", "2024-03-01 17:00:00"),
            ("2", "7", "generic", "2024-03-01 03:00:00", "2024-03-01 17:00:00"),
            ("3", "7", "no_contact", "2024-03-01 03:00:00", None),
        ],
    ),
    "campaign_responses": (
        (
            "source_customer_id, response_id, campaign_id, responded_at, "
            "response_type, revenue_amount"
        ),
        [
            ("A1", "O1", "7", "2024-03-05 10:11:12", "order", "80.00"),
            ("guest-O2", "O2", "7", "2024-07-02 10:00:00", "order", None),
        ],
    ),
    "support_tickets": (
        (
            "ticket_id, source_customer_id, opened_at, resolved_at, topic, "
            "contact_channel, satisfaction_score, updated_at"
        ),
        [
            (
                *("T1", "Q1", "2024-07-05 08:11:12", None, "delivery", "chat", None),
                "2024-07-05 08:11:12",
            ),
            (
                *("T1", "Q1", "2024-07-05 08:11:12", "2024-10-27 00:30:00"),
                *("delivery", "chat", "4.000", "2024-10-27 01:30:00"),
            ),
        ],
    ),
    "social_interactions": (
        (
            "interaction_id, source_customer_id, network, interaction_type, "
            "sentiment_score, occurred_at"
        ),
        [
            ("1", "x:ann", "x", "mention", "-0.250000", "2024-07-05 08:11:12"),
            *(
                (
                    *("2", "youtube:ann", "youtube", "comment", "1.000000"),
                    "2024-03-05 10:11:12",
                ),
            ),
        ],
    ),
    "survey_responses": (
        (
            "source_customer_id, response_id, survey_code, question_code, "
            "answer_text, answer_score, responded_at"
        ),
        [
            ("P1", "H1", "style", "PRI1", None, "5.000", "2024-07-05 08:11:12"),
            ("P1", "H1", "style", "PRI4", "hardly", None, "2024-07-05 08:11:12"),
        ],
    ),
    "question_prompts": (
        "source_customer_id, prompt_id, question_code, surface, outcome, occurred_at",
        [
            ("P1", number, "PRI1", "account", outcome, "2024-07-05 08:11:12")
            for number, outcome in (
                ("1", "shown"),
                ("2", "answered"),
                ("3", "declined"),
                ("4", "abandoned"),
            )
        ],
    ),
    "consents": (
        (
            "source_customer_id, consent_id, channel, purpose, is_granted, "
            "legal_basis, changed_at, proof_reference"
        ),
        [
            (
                *("P1", number, channel, purpose, is_granted, "consent"),
                *("2024-07-05 08:11:12", "log 1"),
            )
            for number, channel, purpose, is_granted in (
                ("1", "email", "direct_marketing", "true"),
                ("2", "sms", "ad_user_data", "false"),
                ("3", "post", "ad_personalization", "true"),
                ("4", None, "profiling", "false"),
                ("5", "email", "service", "true"),
                ("6", "email", "enrichment", "true"),
            )
        ],
    ),
    "ad_spend": (
        "channel, campaign_id, spend_date, spend_amount, impressions, clicks",
        [("search", "spring", "2024-03-31", "12.35", "1000", "7")],
    ),
}
# What does not fit, with its own text.
SET_ASIDE = {
    ("ad_spend", "omni_web", "spend_date", "unparsable", "2024-4-1-"),
    ("campaigns", "omni_mailing", "targeting", "unknown_code", "SOME"),
    ("consents", "omni_survey", "is_granted", "unparsable", "perhaps"),
    ("customer_records", "omni_crm", "created_at", "unparsable", "9223372036854775807"),
    (
        "customer_records",
        "omni_helpdesk",
        "created_at",
        "unparsable",
        "05.03.2024 11:11",
    ),
    ("customer_records", "omni_shop", "birth_date", "unparsable", "31.12.1990"),
    (
        "customer_records",
        "omni_survey",
        "created_at",
        "unparsable",
        "2024/13/05 10:11:12",
    ),
    ("customer_records", "omni_till", "birth_date", "unparsable", "1.2.80"),
    ("events", "omni_web", "occurred_at", "unparsable", "9223372036854775807"),
    ("messages", "omni_mailing", "event_type", "unknown_code", "X"),
    ("order_changes", "omni_shop", "change_type", "unknown_code", "VOID"),
    ("order_changes", "omni_till", "changed_at", "unparsable", "gestern"),
    ("orders", "omni_shop", "ordered_at", "unparsable", "yesterday"),
    ("orders", "omni_till", "gross_amount", "unparsable", '"1.234"'),
    ("orders", "omni_till", "net_amount", "unparsable", "12,50 EUR"),
    ("orders", "omni_till", "ordered_at", "unparsable", "5.3.2024 10:11"),
    (
        *("orders", "omni_till", "ordered_at", "unparsable"),
        "2024-02-31 10:00:00 Europe/Berlin",
    ),
    ("question_prompts", "omni_survey", "outcome", "unknown_code", "maybe"),
    (
        "social_interactions",
        "omni_social",
        "occurred_at",
        "unparsable",
        "1709633472000",
    ),
}

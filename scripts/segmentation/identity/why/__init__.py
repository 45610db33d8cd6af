"""Why two records are one customer, or not."""

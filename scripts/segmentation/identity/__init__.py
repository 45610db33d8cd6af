"""The identity layer outside of dbt: why two records are one, and what to ask."""

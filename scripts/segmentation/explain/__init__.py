"""Says why a customer is in their segments, and what would take them to another."""

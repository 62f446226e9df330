"""Order data in and out: Amazon's reports and feeds as rows of values (see docs/orders.md)."""

"""Mail that arrives and says it comes from a buyer: whether it does, and what it wants (A1 to A4)."""

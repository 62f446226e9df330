"""Everything that moves mail: SMTP in, the relay out, the store, the operator's window."""

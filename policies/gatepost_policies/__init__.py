"""Pure judgement of mail: bytes and facts in, findings out; no I/O but reading rules."""

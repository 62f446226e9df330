"""Notices: what senders and reviewers are told by mail, and which calls of webhooks tell other programs."""

"""Webhooks: signed calls to other programs, tried again until they are taken or have had their time."""

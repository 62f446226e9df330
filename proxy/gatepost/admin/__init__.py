"""The operator's window: the review site. It knows the store and the release road only as Protocols."""

from gatepost.admin.app import Parts, create_app

__all__ = ["Parts", "create_app"]

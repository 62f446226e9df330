"""The operator's window: the review site. It knows the store and the release road only as Protocols."""

from gatepost.admin.app import create_app

__all__ = ["create_app"]

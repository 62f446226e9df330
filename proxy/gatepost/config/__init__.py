"""YAML and environment -> a frozen Config. The only reader of either."""

from gatepost.config.schema import Config

__all__ = ["Config"]

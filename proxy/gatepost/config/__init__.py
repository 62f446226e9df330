"""YAML and environment -> a frozen Config. The only reader of either."""

from gatepost.config.loader import Loaded, find, load
from gatepost.config.schema import Config
from gatepost.config.secrets import read_secret, relay_password

__all__ = ["Config", "Loaded", "find", "load", "read_secret", "relay_password"]

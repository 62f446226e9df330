"""The command `gatepost`, and `python -m gatepost`."""

from __future__ import annotations

from gatepost.cli import main

if __name__ == "__main__":
    main()

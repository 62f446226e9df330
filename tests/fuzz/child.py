"""One target under the fuzzer: python -m fuzz.child TARGET LIBFUZZER-OPTIONS. Started by `fuzz.run`."""

from __future__ import annotations

import os
import sys

import atheris


def main() -> None:
    """Import the parsers with their branches counted, and let the fuzzer have its way."""
    with atheris.instrument_imports(include=["gatepost", "gatepost_policies"]):
        from fuzz.targets import TARGETS, loop
    loop.keep()
    # The fuzzer starts itself anew when it merges; by this name it finds the way back here.
    itself = os.environ.get("FUZZ_ITSELF", sys.argv[0])
    atheris.Setup([itself, *sys.argv[2:]], TARGETS[sys.argv[1]])
    atheris.Fuzz()


if __name__ == "__main__":
    main()

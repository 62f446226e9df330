"""The running service: one process, or a supervisor over several that share the ports."""

from __future__ import annotations

from gatepost.config import Loaded


def serve(loaded: Loaded) -> int:
    """Run until SIGTERM or SIGINT; the exit status. Raises ConfigError before anything is started."""
    if loaded.config.workers > 1:
        from gatepost.daemon.supervisor import supervise

        return supervise(loaded)
    from gatepost.daemon.process import run

    return run(loaded)

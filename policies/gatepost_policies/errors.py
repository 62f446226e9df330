"""What the engine may raise, and only while rules are loaded.

PackError    a pack, a rule or a word list is wrong; nothing of it is in force
"""


class PackError(ValueError):
    """A rule file that can't be used: which file, which line, which key, and why."""

    def __init__(self, why: str, *, file: str = "", line: int = 0, key: str = "") -> None:
        self.why, self.file, self.line, self.key = why, file, line, key
        where = ":".join(part for part in (file, str(line) if line else "") if part)
        super().__init__(": ".join(part for part in (where, key, why) if part))

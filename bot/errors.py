"""What can go wrong in a way that a person can mend."""


class PapersError(Exception):
    """The command could not do its work. `str(error)` is one sentence for a person, without secrets."""

    exit_status = 1


class UsageError(PapersError):
    """The words given make no sense. `usage` is the line that shows how they would."""

    exit_status = 2

    def __init__(self, sentence: str, usage: str = "") -> None:
        super().__init__(sentence)
        self.usage = usage


class SettingsError(PapersError):
    """A setting is missing or wrong; the sentence names it and never shows its value if it is secret."""


class StoreError(PapersError):
    """The database cannot be opened, read or written; the sentence says what to do."""

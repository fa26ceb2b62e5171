"""Errors whose message is shown to staff: in French, naming the file or value, and saying what to do."""

from __future__ import annotations


class ReperesError(Exception):
    """The root of all errors that Repères raises on purpose. `str(error)` is a French sentence for the user."""


class SettingsError(ReperesError):
    """A setting has a value that cannot be used."""


class DocumentError(ReperesError):
    """One document cannot be read or indexed; the others go on. Names the document and the reason."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source} : {reason}")
        self.source = source
        self.reason = reason


class ModelError(ReperesError):
    """A model cannot be found, loaded or used."""


class TextTooLongError(ModelError):
    """A text is longer than what the embedding model reads."""


class LanguageModelError(ModelError):
    """A language model gave no whole answer. The message is the reason, without capital or full stop."""


class StoreError(ReperesError):
    """The store cannot be opened, or does not fit the settings."""


class StoreUnreachableError(StoreError):
    """The database that the store is in cannot be reached, for now."""


class StoreBusyError(StoreError):
    """Another process is writing to the store."""


class FingerprintError(StoreError):
    """The store was made with another embedding model or splitter."""


class FiltersError(ReperesError):
    """Filters ask for a value that no document has."""


class QuestionsError(ReperesError):
    """A file of test queries cannot be read. Names the line and the reason."""

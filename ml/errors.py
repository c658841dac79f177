"""The one kind of error that this package raises on purpose."""


class MoodError(Exception):
    """A failure that a person can act on.

    `code` is stable and documented; `message` is one sentence that says what was found, what is allowed
    and what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

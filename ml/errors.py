"""The exception that this package raises on purpose."""


class MoodError(Exception):
    """An error that a user can act on.

    `code` is stable and documented. `message` says what was found, what is allowed and what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

"""What can be refused, in one shape: a stable code, a sentence, and the status that HTTP has for it."""

from http import HTTPStatus


class ProductError(Exception):
    """Something that a person asked for cannot be done, and why."""

    def __init__(self, code: str, message: str, http_status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.http_status = int(http_status)


def error_json(code: str, message: str) -> dict[str, dict[str, str]]:
    return {"error": {"code": code, "message": message}}

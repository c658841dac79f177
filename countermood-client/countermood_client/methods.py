"""Methods of the clients: each is a request of `calls`, and what a client does with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, ParamSpec, Self, TypeVar, overload

from countermood_client.calls import Call

P = ParamSpec("P")
Owner = TypeVar("Owner")
Result = TypeVar("Result")


class Method(Generic[Owner, P, Result]):
    """A method with the parameters and the documentation of `build`, whose request goes to `run`."""

    def __init__(self, build: Callable[P, Call[Any]], run: Callable[[Owner, Call[Any]], Result]) -> None:
        self._build, self._run = build, run
        self.__doc__ = build.__doc__
        self.__wrapped__ = build

    @overload
    def __get__(self, owner: None, kind: type[Owner]) -> Self: ...

    @overload
    def __get__(self, owner: Owner, kind: type[Owner]) -> Callable[P, Result]: ...

    def __get__(self, owner: Owner | None, kind: type[Owner]) -> Self | Callable[P, Result]:
        if owner is None:
            return self
        client = owner

        def method(*arguments: P.args, **options: P.kwargs) -> Result:
            return self._run(client, self._build(*arguments, **options))

        return method

"""Multipart forms with files that this process receives at the moment, and how much of each is still to come."""

from __future__ import annotations

import threading
import weakref


class RunningForm:
    """The body of one form. It counts until it is complete, or until its request is gone."""

    def __init__(self, size_bytes: int) -> None:
        self.bytes_left = size_bytes

    def received(self, length: int) -> None:
        self.bytes_left = max(self.bytes_left - length, 0)

    def complete(self) -> None:
        self.bytes_left = 0


class RunningForms:
    def __init__(self) -> None:
        self._forms: weakref.WeakSet[RunningForm] = weakref.WeakSet()
        self._lock = threading.Lock()

    def add(self, size_bytes: int) -> RunningForm:
        form = RunningForm(size_bytes)
        with self._lock:
            self._forms.add(form)
        return form

    def bytes_left(self) -> int:
        with self._lock:
            return sum(form.bytes_left for form in self._forms)


running_forms = RunningForms()

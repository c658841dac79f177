"""The embedded broker: kombu's filesystem transport, made safe for concurrent readers and writers.

kombu's own transport writes a message under its final name, so that a reader can take half of it; it moves messages
through the system's temporary folder, which is not atomic across file systems; and it orders them by a clock that
restarts with the machine.
"""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from amqp import ChannelError
from kombu.transport import filesystem
from kombu.transport.virtual import BrokerState
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for folder in (self.data_folder_in, self.data_folder_out, self.control_folder, self.processed_folder):
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # kombu's own name
        name = f"{time.time_ns():020}_{uuid.uuid4()}.{queue}.msg"
        draft = Path(self.processed_folder, f"{name}.draft")
        try:
            draft.write_bytes(str_to_bytes(dumps(payload)))
            os.replace(draft, Path(self.data_folder_out, name))
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise ChannelError(f"The message {name} could not be written: {error}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            claimed = Path(self.processed_folder, name)
            try:
                # Several workers may see this message; the one whose rename succeeds has it.
                os.rename(Path(self.data_folder_in, name), claimed)
            except FileNotFoundError:
                continue
            payload = claimed.read_bytes()
            claimed.unlink()
            return loads(bytes_to_str(payload))
        raise Empty


class Transport(filesystem.Transport):
    Channel = Channel

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        # Declarations are stored in files, which may differ between two connections of one process.
        self.state = BrokerState()

"""The embedded broker: kombu's queue of files, made safe for several processes that read while others write.

kombu's own transport writes a message under the name by which readers find it, so that a reader can take it half
written; it moves messages through the system's temporary folder, which on another disk is no single step; and it
orders them by a clock that starts again with the machine.
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

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        name = f"{time.time_ns():020}_{uuid.uuid4()}.{queue}.msg"
        draft = Path(self.processed_folder, f"{name}.draft")
        try:
            draft.write_bytes(str_to_bytes(dumps(payload)))
            os.replace(draft, Path(self.data_folder_out, name))
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise ChannelError(f"The message {name} could not be written: {error}") from error

    def _get(self, queue: str) -> Any:
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = Path(self.processed_folder, name)
            try:
                # Of the workers that see this message, the one that renames it has it.
                os.rename(Path(self.data_folder_in, name), taken)
            except FileNotFoundError:
                continue
            payload = taken.read_bytes()
            taken.unlink()
            return loads(bytes_to_str(payload))
        raise Empty


class Transport(filesystem.Transport):
    Channel = Channel

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        # What is declared is kept in files, which may differ between two connections of one process.
        self.state = BrokerState()

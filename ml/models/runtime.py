"""The seam between a trained network and what runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np

from ml.errors import MoodError


class Runtime(Protocol):
    """Anything that turns a batch of inputs into score vectors."""

    def scores(self, inputs: np.ndarray) -> np.ndarray:
        """float32 (batch, ...) as the network was trained on, to float32 (batch, 20)."""
        ...


class LiteRtRuntime:
    """Runs an exported network with TensorFlow's small runtime: no TensorFlow, a few megabytes."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        from ai_edge_litert.interpreter import Interpreter

        try:
            self._interpreter = Interpreter(model_path=str(path), num_threads=threads)
        except (ValueError, RuntimeError) as error:
            raise MoodError(
                "model_corrupt", f"{path.name} is no exported network; install the bundle again."
            ) from error
        self._input = self._interpreter.get_input_details()[0]
        self._output = self._interpreter.get_output_details()[0]
        self._batch = 0

    def scores(self, inputs: np.ndarray) -> np.ndarray:
        if len(inputs) != self._batch:
            self._interpreter.resize_tensor_input(self._input["index"], inputs.shape)
            with _muted():
                self._interpreter.allocate_tensors()
            self._batch = len(inputs)
        self._interpreter.set_tensor(self._input["index"], np.ascontiguousarray(inputs, np.float32))
        self._interpreter.invoke()
        return np.array(self._interpreter.get_tensor(self._output["index"]))


@contextmanager
def _muted() -> Iterator[None]:
    """The runtime greets on the standard error of the process, past Python and with no switch for it."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


class KerasRuntime:
    """Runs the network as it was trained; for tests of parity, and where a bundle has just been made."""

    def __init__(self, path: Path) -> None:
        import keras

        self._network = keras.saving.load_model(path, compile=False)

    def scores(self, inputs: np.ndarray) -> np.ndarray:
        return np.asarray(self._network.predict(np.asarray(inputs, np.float32), verbose=0)["scores"])

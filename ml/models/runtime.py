"""Inference runtimes for a trained network: LiteRT for serving, Keras for tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np

from ml.errors import MoodError


class Runtime(Protocol):
    """Runs one network."""

    def scores(self, inputs: np.ndarray) -> np.ndarray:
        """Scaled inputs, float32 (batch, ...), to score vectors, float32 (batch, 36)."""
        ...


class LiteRtRuntime:
    """Runs an exported network with LiteRT, a few megabytes instead of TensorFlow."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        from ai_edge_litert.interpreter import Interpreter

        try:
            self._interpreter = Interpreter(model_path=str(path), num_threads=threads)
        except (ValueError, RuntimeError) as error:
            raise MoodError("model_corrupt", f"{path.name} is not a LiteRT model; install the bundle again.") from error
        self._input = self._interpreter.get_input_details()[0]
        self._output = self._interpreter.get_output_details()[0]
        self._batch = 0

    def scores(self, inputs: np.ndarray) -> np.ndarray:
        if len(inputs) != self._batch:
            self._interpreter.resize_tensor_input(self._input["index"], inputs.shape)
            with stderr_muted():
                self._interpreter.allocate_tensors()
            self._batch = len(inputs)
        self._interpreter.set_tensor(self._input["index"], np.ascontiguousarray(inputs, np.float32))
        self._interpreter.invoke()
        return np.array(self._interpreter.get_tensor(self._output["index"]))


@contextmanager
def stderr_muted() -> Iterator[None]:
    """Redirects the process's stderr: LiteRT, and TensorFlow's converter, write INFO lines there from C++ and have no
    option to turn them off."""
    stderr_copy = os.dup(2)
    devnull = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(devnull, 2)
        yield
    finally:
        os.dup2(stderr_copy, 2)
        os.close(stderr_copy)
        os.close(devnull)


class KerasRuntime:
    """Runs the trained Keras network; for parity tests and for new bundles."""

    def __init__(self, path: Path) -> None:
        import keras

        self._network = keras.saving.load_model(path, compile=False)

    def scores(self, inputs: np.ndarray) -> np.ndarray:
        return np.asarray(self._network.predict(np.asarray(inputs, np.float32), verbose=0)["scores"])

"""Training and measuring. Needs packages that serving does not have; requirements-training.txt lists them."""

from importlib.util import find_spec

from ml.training.tensorflow_import import mute_start_up_lines

_missing = [name for name in ("tensorflow", "sklearn", "matplotlib", "requests") if find_spec(name) is None]
if _missing:
    raise SystemExit(
        f"Training needs packages that are not installed ({', '.join(_missing)}): "
        "run `make setup-training`, or `pip install -r requirements.txt -c constraints.txt`."
    )
mute_start_up_lines()

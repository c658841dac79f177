"""The Kubernetes objects of the Helm chart, rendered by Helm's own library.

`python -m tests.deployment.manifests` writes docs/deploy/kubernetes/countermood.yaml.
"""

from __future__ import annotations

from typing import Any

import yaml

from tests.architecture.sources import ROOT
from tests.deployment import helm

CHART = ROOT / "docs/deploy/helm/countermood"
PLAIN = ROOT / "docs/deploy/kubernetes/countermood.yaml"
PLAIN_VALUES = ROOT / "docs/deploy/kubernetes/values.yaml"
HEADER = """\
# Countermood on Kubernetes without Helm: docs/kubernetes.md. Change the image and the names that end in example.org.
# Rendered from docs/deploy/helm with the values beside this file, by `python -m tests.deployment.manifests`.
"""


def rendered_text(values: dict[str, Any]) -> str:
    files = helm.render(CHART, values)
    texts = [text for name, text in sorted(files.items()) if name.endswith(".yaml")]
    parts = [part.strip() for text in texts for part in text.split("\n---\n")]
    return "\n---\n".join(part for part in parts if part) + "\n"


def rendered(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry for entry in yaml.safe_load_all(rendered_text(values)) if entry]


def plain() -> str:
    values = yaml.safe_load(PLAIN_VALUES.read_text())
    # Nothing is managed by Helm there.
    lines = rendered_text(values).splitlines(keepends=True)
    return HEADER + "".join(line for line in lines if "app.kubernetes.io/managed-by:" not in line)


if __name__ == "__main__":
    PLAIN.write_text(plain())

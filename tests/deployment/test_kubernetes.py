"""The Helm chart and the plain manifests: valid for Kubernetes, and in step with Docker Compose and the program."""

from __future__ import annotations

import re
import shlex
from typing import Any

import kubernetes_validate
import pytest
import yaml
from django.urls import resolve

from mmc import __version__
from tests.architecture.sources import ROOT
from tests.architecture.test_docs import SETTING
from tests.deployment import helm
from tests.deployment.manifests import CHART, PLAIN, plain, rendered
from tests.system.compose import services

S3 = {"settings": {"S3_BUCKET": "countermood"}}
EVERYTHING = {
    "settings": {"S3_BUCKET": "countermood", "BASE_PATH": "/moods"},
    "web": {"autoscaling": {"enabled": True}},
    "worker": {"autoscaling": {"kind": "keda"}},
    "ingress": {"enabled": True, "host": "music.example.org", "className": "nginx", "tlsSecret": "tls"},
    "dedicatedWorkers": [{"name": "interactive", "replicas": 1, "queues": "interactive,saliency"}],
    "networkPolicy": {"webFrom": [{"namespaceSelector": {"matchLabels": {"name": "ingress"}}}]},
}
VARIANTS = {
    "defaults": {},
    "s3": S3,
    "everything": EVERYTHING,
    "cpu": {"worker": {"autoscaling": {"kind": "cpu"}}},
    "music": {"music": {"existingClaim": "music"}},
    "own claim": {"persistence": {"existingClaim": "songs", "storageClass": "nfs"}},
}
# KEDA's objects are not part of Kubernetes.
OWN_SCHEMAS = {"ScaledObject"}


def pods(objects: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The pod of each deployment and job, by its component."""
    templates = [one["spec"]["template"] for one in objects if one["kind"] in ("Deployment", "Job")]
    return {template["metadata"]["labels"]["app.kubernetes.io/component"]: template["spec"] for template in templates}


def of_kind(objects: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in objects if one["kind"] == kind}


@pytest.mark.parametrize("values", VARIANTS.values(), ids=VARIANTS)
def test_every_object_is_valid_in_old_and_new_kubernetes(values: dict[str, Any]) -> None:
    for one in rendered(values):
        if one["kind"] in OWN_SCHEMAS:
            assert one["apiVersion"] == "keda.sh/v1alpha1"
            continue
        for version in ("1.28", kubernetes_validate.latest_version()):
            kubernetes_validate.validate(one, version, strict=True)


def test_the_chart_passes_helms_own_linter() -> None:
    report = helm.lint(CHART)
    assert report["errors"] == []
    assert [message for message in report["messages"] if message["severity"] > 1] == []


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"worker": {"autoscaling": {"kind": "guess"}}}, "kind"),
        ({"settings": {"WEB_THREADS": 16}}, "WEB_THREADS"),
        ({"existingSecret": ""}, "existingSecret"),
        ({"ingress": {"enabled": True}}, "ingress.host is the name of the site"),
    ],
)
def test_wrong_values_are_named(values: dict[str, Any], problem: str) -> None:
    assert re.search(problem, helm.problem_of(CHART, values))


def test_the_plain_manifests_are_those_of_the_chart() -> None:
    assert PLAIN.read_text() == plain(), "Run `python -m tests.deployment.manifests`."


def test_the_chart_has_the_version_of_the_program() -> None:
    assert yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"] == __version__


def test_pods_run_the_commands_of_docker_compose() -> None:
    compose = services({"POSTGRES_PASSWORD": "x"})
    for component, pod in pods(rendered(S3)).items():
        (container,) = pod["containers"]
        assert shlex.join(container["command"]) == shlex.join(compose[component].command)


def test_every_pod_has_no_rights_and_limits_of_memory_and_disk() -> None:
    for pod in pods(rendered(S3)).values():
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in (*pod["containers"], *pod.get("initContainers", ())):
            assert container["resources"]["limits"]["memory"]
            assert container["resources"]["requests"]["cpu"]
            rights = container["securityContext"]
            assert rights["capabilities"] == {"drop": ["ALL"]}
            assert (rights["allowPrivilegeEscalation"], rights["readOnlyRootFilesystem"]) == (False, True)
        assert all(volume["emptyDir"]["sizeLimit"] for volume in pod["volumes"])


def test_pods_of_a_release_wait_for_its_migrations() -> None:
    for component, pod in pods(rendered(S3)).items():
        waiting = [container["name"] for container in pod.get("initContainers", ())]
        assert waiting == ([] if component == "migrate" else ["wait-for-migrations"])


def test_probes_ask_addresses_that_exist() -> None:
    (web,) = pods(rendered(S3))["web"]["containers"]
    paths = {name: web[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    # What all pods share, like the database or a full volume, must neither restart them nor take their pages away.
    assert set(paths.values()) == {"/health/live"}
    assert resolve("/health/live")


def test_without_a_bucket_all_pods_share_a_volume() -> None:
    objects = rendered({})
    (claim,) = of_kind(objects, "PersistentVolumeClaim").values()
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    for pod in pods(objects).values():
        claims = [volume["persistentVolumeClaim"]["claimName"] for volume in pod["volumes"] if "emptyDir" not in volume]
        assert claims == [claim["metadata"]["name"]]
    assert of_kind(rendered(S3), "PersistentVolumeClaim") == {}


def test_only_web_pods_can_be_reached() -> None:
    policies = of_kind(rendered(S3), "NetworkPolicy")
    assert policies["countermood"]["spec"]["ingress"] == []
    assert policies["countermood"]["spec"]["policyTypes"] == ["Ingress", "Egress"]
    labels = policies["countermood-web"]["spec"]["podSelector"]["matchLabels"]
    assert labels["app.kubernetes.io/component"] == "web"
    assert of_kind(rendered({"networkPolicy": {"enabled": False}}), "NetworkPolicy") == {}


def test_workers_scale_with_the_queue_and_their_number_is_then_left_alone() -> None:
    objects = rendered(EVERYTHING)
    (scaled,) = of_kind(objects, "ScaledObject").values()
    (trigger,) = scaled["spec"]["triggers"]
    assert trigger["metadata"]["connectionFromEnv"] == "DATABASE_URL"
    assert "classifier_song" in trigger["metadata"]["query"]
    deployments = of_kind(objects, "Deployment")
    assert scaled["spec"]["scaleTargetRef"]["name"] in deployments
    for name in ("countermood-worker", "countermood-web"):
        assert "replicas" not in deployments[name]["spec"]


def test_workers_get_their_grace_period_and_may_be_dedicated_to_queues() -> None:
    every = pods(rendered(EVERYTHING))
    environments = {
        name: {entry["name"]: entry["value"] for entry in pod["containers"][0].get("env", ())}
        for name, pod in every.items()
    }
    assert "WORKER_QUEUES" not in environments["worker"]
    assert environments["worker-interactive"]["WORKER_QUEUES"] == "interactive,saliency"
    for name in ("worker", "worker-interactive"):
        assert int(environments[name]["WORKER_SHUTDOWN_GRACE_S"]) < every[name]["terminationGracePeriodSeconds"]


def test_settings_of_the_values_are_documented() -> None:
    described = set(SETTING.findall((ROOT / "docs/settings.md").read_text()))
    assert set(yaml.safe_load((CHART / "values.yaml").read_text())["settings"]) <= described

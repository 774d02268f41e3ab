"""Manifests of real kinds, run together as `cat` does it, and what the transform makes of them.

    python -m tests.property.glued --sequences 20000

prints how many sequences came out as their manifests do one by one, were refused, or differ.
"""

import argparse
import io
import random
import re
from collections import Counter
from itertools import takewhile
from typing import Literal

from transformer import transform, transform_stream

Outcome = Literal["same", "refused", "different"]

_KINDS = """
v1 ConfigMap binaryData data immutable
v1 Secret data immutable stringData type
v1 ServiceAccount automountServiceAccountToken imagePullSecrets secrets
v1 Endpoints subsets
v1 Event count firstTimestamp involvedObject lastTimestamp message reason source type
v1 Namespace spec status
v1 Node spec status
v1 Service spec status
v1 PersistentVolumeClaim spec status
v1 PodTemplate template
v1 List items
apps/v1 Deployment spec status
apps/v1 ControllerRevision data revision
batch/v1 CronJob spec status
rbac.authorization.k8s.io/v1 Role rules
rbac.authorization.k8s.io/v1 ClusterRole aggregationRule rules
rbac.authorization.k8s.io/v1 RoleBinding roleRef subjects
storage.k8s.io/v1 StorageClass allowVolumeExpansion allowedTopologies mountOptions parameters provisioner reclaimPolicy volumeBindingMode
storage.k8s.io/v1 CSIStorageCapacity capacity maximumVolumeSize nodeTopology storageClassName
snapshot.storage.k8s.io/v1 VolumeSnapshotClass deletionPolicy driver parameters
snapshot.storage.k8s.io/v1 VolumeSnapshot spec status
discovery.k8s.io/v1 EndpointSlice addressType endpoints ports
scheduling.k8s.io/v1 PriorityClass description globalDefault preemptionPolicy value
node.k8s.io/v1 RuntimeClass handler overhead scheduling
admissionregistration.k8s.io/v1 MutatingWebhookConfiguration webhooks
admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration webhooks
apiextensions.k8s.io/v1 CustomResourceDefinition spec status
security.openshift.io/v1 SecurityContextConstraints allowHostDirVolumePlugin allowPrivilegedContainer allowedCapabilities fsGroup groups priority runAsUser users volumes
template.openshift.io/v1 Template labels message objects parameters
config.openshift.io/v1 ClusterOperator spec status
apps.openyurt.io/v1beta2 NodePool spec status
apps.openyurt.io/v1beta1 YurtAppSet spec status
kubeflow.org/v1 PyTorchJob spec status
kubeflow.org/v1 Notebook spec status
kubeflow.org/v1 Profile spec status
apps.kruise.io/v1alpha1 CloneSet spec status
apps.kruise.io/v1alpha1 ImagePullJob spec status
kustomize.config.k8s.io/v1beta1 Kustomization bases commonLabels images namespace resources
kubelet.config.k8s.io/v1beta1 KubeletConfiguration address authentication clusterDNS failSwapOn
kubeadm.k8s.io/v1beta4 ClusterConfiguration apiServer controllerManager networking
audit.k8s.io/v1 Policy omitStages rules
"""  # noqa: E501 (a table)

KINDS = [(version, kind, keys) for version, kind, *keys in map(str.split, _KINDS.split("\n")[1:-1])]

_WITHOUT_METADATA = {"Kustomization", "KubeletConfiguration", "ClusterConfiguration", "Policy"}

_POD = """\
  template:
    metadata:
      annotations:
        apps.openyurt.io/exclude-host-network-pool: "true"
    spec:
      containers:
      - image: web:1
        name: web
"""


def manifest(chance: random.Random, name: str, *, is_plain: bool = False) -> bytes:
    """Return a manifest whose every root key but its head says by `name` whose it is."""
    version, kind, own = chance.choice(KINDS)
    if chance.random() < 0.1:  # a kind that nobody knows
        kind, own = "Custom", chance.sample(["alert", "config", "data", "rules", "spec"], 3)
    keys = [key for key in own if chance.random() < 0.7]
    if kind not in _WITHOUT_METADATA or chance.random() < 0.2:
        keys.insert(0, "metadata")
    order = chance.choice(["sorted", "written", "kind first", "shuffled below"])
    head = ["kind", "apiVersion"] if order == "kind first" else ["apiVersion", "kind"]
    if order == "shuffled below":
        chance.shuffle(keys)
    root = sorted([*head, *keys]) if order == "sorted" else [*head, *keys]
    texts = {"apiVersion": f"apiVersion: {version}\n", "kind": f"kind: {kind}\n"}
    for key in keys:
        texts[key] = f"{key}: {chance.choice(['', chr(10) + '  '])}{{of: {name}}}\n"
    if "metadata" in keys:
        texts["metadata"] = f"metadata:\n  name: {name}\n"
    if kind == "Deployment" and "spec" in keys:
        texts["spec"] = f"spec:\n  of: {name}\n{_POD}"
    text = "".join(texts[key] for key in root)
    return (text if is_plain else _dressed(text, chance, name)).encode()


def _dressed(text: str, chance: random.Random, name: str) -> str:
    """Return a manifest with what files have besides: comments, markers, line ends of all sorts."""
    if chance.random() < 0.05:
        text = text.replace("apiVersion:", '"apiVersion":').replace("kind:", "'kind':")
    for addition in (f"# {name}\n", "\n", f"# of {name}: it\n\n"):
        if chance.random() < 0.1:
            text = addition + text
        if chance.random() < 0.05:
            text += addition
    if chance.random() < 0.2:
        text = f"---\n{text}"
    if chance.random() < 0.05:
        text += "...\n"
    if chance.random() < 0.05:
        text = f"\ufeff{text}"
    if chance.random() < 0.1:
        text = text.replace("\n", "\r\n")
    return text.rstrip() if chance.random() < 0.05 else text


def sequence(chance: random.Random, *, is_plain: bool = False) -> list[bytes]:
    """Return a few manifests, as they would be in files of their own.

    `is_plain`: each begins with its first key and ends with a line feed.
    """
    names = [f"m{number}" for number in range(chance.randint(2, 5))]
    return [manifest(chance, name, is_plain=is_plain) for name in names]


def outcome(manifests: list[bytes]) -> Outcome:
    """Return what becomes of manifests that run together, beside each by itself."""
    results = list(transform_stream(io.BytesIO(b"".join(manifests))))
    sound = list(takewhile(lambda result: not result.failed, results))
    alone = b"".join(transform(one).data for one in manifests)
    came, wanted = (_unmarked(data) for data in (b"".join(one.data for one in sound), alone))
    if len(sound) == len(results):
        return "same" if came == wanted else "different"
    refused = results[len(sound)]
    is_told = any(found.rule in ("HN901", "HN902") for found in refused.findings)
    is_whole = refused.data == refused.source and wanted.startswith(came)
    return "refused" if is_told and is_whole else "different"


def _unmarked(data: bytes) -> bytes:
    return re.sub(rb"(?m)^---\r?\n", b"", data)


def main() -> None:
    """Count outcomes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sequences", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    counts: Counter[Outcome] = Counter()
    for number in range(options.sequences):
        manifests = sequence(random.Random(f"{options.seed} {number}"))
        found = outcome(manifests)
        counts[found] += 1
        if found == "different":
            print(b"".join(manifests).decode())
    print(", ".join(f"{counts[what]} {what}" for what in ("same", "refused", "different")))


if __name__ == "__main__":
    main()

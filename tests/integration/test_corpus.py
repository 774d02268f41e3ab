"""Real manifests from upstream: what is edited, what is not, and that nothing else changes.

Which objects are to be edited is written here by hand, from what upstream says of its workloads.
"""

import difflib
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonpatch
import pytest
from click.testing import CliRunner

from tests.property.loading import is_same, load
from tests.property.reference import guard
from tests.requirements import require_tool
from tests.shared_material import CORPUS, files, needs
from transformer import Result, transform
from transformer.cli.main import cli

pytestmark = needs(CORPUS)

TEMPLATES = files(CORPUS, "templates/*")
VALID = [name for name in files(CORPUS, "*/*") if name not in TEMPLATES]

# What only --strict reads: a key that stands twice, and a snippet without apiVersion and kind.
STRICT_FINDINGS = {
    "styles/duplicate-key-metadata-proxy.yaml": ["HN902"],
    "styles/configmap-embedded-templates.yaml": ["HN903"],
}

# The screen lets it pass: it names neither a component nor the annotation.
SCREENED_TEMPLATES = {"templates/openyurt-chart-yurthub-yurtstaticset.yaml"}

# As in `cat apps/* cni/*`.
JOINED = [name for name in VALID if name.startswith(("apps/", "cni/"))]

# Every workload of the components' files that is needed on no host-network node. No other
# object of the corpus is edited.
GUARDED = {
    "cni/calico-apiserver.yaml": {"Deployment/calico-apiserver/calico-apiserver"},
    "cni/calico-typha-v3.24.0.yaml": {
        "DaemonSet/kube-system/calico-node",
        "Deployment/kube-system/calico-kube-controllers",
    },
    "cni/calico.yaml": {
        "DaemonSet/kube-system/calico-node",
        "Deployment/kube-system/calico-kube-controllers",
    },
    "cni/canal-v3.26.0.yaml": {
        "DaemonSet/kube-system/canal",
        "Deployment/kube-system/calico-kube-controllers",
    },
    "cni/coredns-deployment.yaml": {"Deployment/kube-system/coredns"},
    "cni/coredns-kops-with-autoscaler.yaml": {
        "Deployment/kube-system/coredns",
        "Deployment/kube-system/coredns-autoscaler",
    },
    "cni/flannel-v0.12.0-multiarch.yml": {
        "DaemonSet/kube-system/kube-flannel-ds-amd64",
        "DaemonSet/kube-system/kube-flannel-ds-arm64",
        "DaemonSet/kube-system/kube-flannel-ds-arm",
        "DaemonSet/kube-system/kube-flannel-ds-ppc64le",
        "DaemonSet/kube-system/kube-flannel-ds-s390x",
    },
    "cni/flannel.yml": {"DaemonSet/kube-flannel/kube-flannel-ds"},
    "cni/kube-proxy-openyurt-k8s-on-k8s.yaml": {"DaemonSet/kube-system/kube-proxy"},
    "cni/kube-proxy-windows.yml": {"DaemonSet/kube-system/kube-proxy-windows"},
    "cni/kube-router-generic-all-features.yaml": {"DaemonSet/kube-system/kube-router"},
    "cni/multus-daemonset-thick.yml": {"DaemonSet/kube-system/kube-multus-ds"},
    "cni/nodelocaldns.yaml": {"DaemonSet/kube-system/node-local-dns"},
    "openyurt/raven-proxy-dns.yaml": {"Deployment/kube-system/raven-proxy-dns"},
}

# Workloads in the folder of components that are to stay: controllers on the host network.
LEFT_ALONE = {
    "cni/calico-typha-v3.24.0.yaml": {"Deployment/kube-system/calico-typha"},
    "cni/tigera-operator.yaml": {"Deployment/tigera-operator/tigera-operator"},
}

WORKLOAD = re.compile(rb"(?m)^kind: (?:Deployment|DaemonSet|StatefulSet|Job|CronJob|Pod)\s*$")


@cache
def content(name: str) -> bytes:
    return (CORPUS / name).read_bytes()


@cache
def transformed(name: str) -> Result:
    return transform(content(name))


def settings(**spec: Any) -> dict[str, Any]:
    head = {"apiVersion": "transform.hostnet.io/v1alpha1", "kind": "HostnetTransform"}
    return {**head, "spec": spec}


def documents(data: bytes) -> list[bytes]:
    """Cut at `---` lines; comments above the first belong to it."""
    above, *rest = re.split(rb"(?m)^(?=---(?:\s|\Z))", data)
    if rest and not re.sub(rb"(?m)^#.*$", b"", above).strip():
        return [above + rest[0], *rest[1:]]
    return [above, *rest]


def edited(name: str) -> list[tuple[int, bytes, bytes]]:
    """Return number, old and new text of each document that has changed."""
    old, new = documents(content(name)), documents(transformed(name).data)
    assert len(old) == len(new)
    pairs = enumerate(zip(old, new, strict=True))
    return [(index, before, after) for index, (before, after) in pairs if before != after]


def name_of(manifest: dict[str, Any]) -> str:
    metadata = manifest["metadata"]
    return "/".join([manifest["kind"], metadata.get("namespace", ""), metadata["name"]])


def command(*arguments: str, cwd: Path, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(arguments, cwd=cwd, input=data, capture_output=True, check=False)


def run(
    *arguments: str, cwd: Path = CORPUS, data: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return command(sys.executable, "-m", "transformer", *arguments, cwd=cwd, data=data)


def copy(names: Iterable[str], folder: Path) -> Path:
    for name in names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content(name))
    return folder


@pytest.mark.parametrize("name", VALID)
def test_the_objects_that_are_edited_are_those_of_the_table(name: str) -> None:
    result = transformed(name)
    assert sorted(str(change.object) for change in result.changes) == sorted(
        GUARDED.get(name, set())
    )
    assert {change.rule for change in result.changes} <= {"cni-isolation"}
    assert (result.findings, result.failed) == ((), False)


def test_nothing_of_the_applications_is_touched() -> None:
    applications = [name for name in VALID if name.startswith("apps/")]
    assert applications
    for name in applications:
        assert transformed(name).data == content(name)


def test_the_tables_name_each_workload_of_the_components_files() -> None:
    found = {
        name: {name_of(load(text.decode())) for text in documents(content(name)) if is_work(text)}
        for name in VALID
        if name.startswith("cni/")
    }
    assert found == {name: GUARDED.get(name, set()) | LEFT_ALONE.get(name, set()) for name in found}


def is_work(text: bytes) -> bool:
    return WORKLOAD.search(text) is not None


@pytest.mark.parametrize("name", GUARDED)
def test_lines_are_only_inserted_and_only_where_the_report_has_an_operation(name: str) -> None:
    reported = [change.document for change in transformed(name).changes]
    assert [index for index, _, _ in edited(name)] == reported
    for index, before, after in edited(name):
        (change,) = (change for change in transformed(name).changes if change.document == index)
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        tags = [tag for tag, *_ in matcher.get_opcodes() if tag != "equal"]
        assert tags == ["insert"] * len(change.operations)


@pytest.mark.parametrize("name", GUARDED)
def test_the_new_text_means_the_reported_operations_on_the_old_one(name: str) -> None:
    operations = {change.document: change.operations for change in transformed(name).changes}
    for index, before, after in edited(name):
        old, new = load(before.decode()), load(after.decode())
        assert is_same(new, jsonpatch.apply_patch(deepcopy(old), list(operations[index])))
        assert is_same(new, guard(old, lambda manifest, template: True))


@pytest.mark.parametrize("name", GUARDED)
def test_the_line_of_a_change_is_where_its_document_begins(name: str) -> None:
    lines = content(name).splitlines()
    for change in transformed(name).changes:
        assert re.match(rb"apiVersion:|kind:|metadata:", lines[change.line - 1])


@pytest.mark.parametrize("name", VALID)
def test_a_second_run_changes_nothing_and_plans_nothing(name: str) -> None:
    once = transformed(name).data
    assert transform(once) == Result(once)


@pytest.mark.parametrize("name", VALID)
def test_a_strict_run_makes_the_same_edits(name: str) -> None:
    result = transform(content(name), config=settings(strict=True))
    assert result.data == transformed(name).data
    assert result.changes == transformed(name).changes
    assert [found.rule for found in result.findings] == STRICT_FINDINGS.get(name, [])


def test_check_says_whether_a_file_would_change() -> None:
    for name in VALID:
        ran = CliRunner().invoke(cli, ["--check", str(CORPUS / name)], standalone_mode=False)
        assert ran.return_value == (1 if name in GUARDED else 0), name
    assert run("--check", "apps").returncode == 0
    assert run("--check", *VALID).returncode == 1


def test_writing_in_place_changes_the_files_of_the_table_only(tmp_path: Path) -> None:
    copy(VALID, tmp_path)
    times = {name: (tmp_path / name).stat().st_mtime_ns for name in VALID}
    ran = run("--write", ".", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, b"")
    for name in VALID:
        assert (tmp_path / name).read_bytes() == transformed(name).data
        is_same_file = (tmp_path / name).stat().st_mtime_ns == times[name]
        assert is_same_file is (name not in GUARDED)


@pytest.mark.parametrize("tool", [["git", "apply"], ["patch", "-p1", "--fuzz=0"]], ids=" ".join)
def test_the_diff_can_be_applied(tool: list[str], tmp_path: Path) -> None:
    require_tool(tool[0])
    diff = run("--diff", *VALID).stdout
    copy(VALID, tmp_path)
    applied = command(*tool, cwd=tmp_path, data=diff)
    assert applied.returncode == 0, applied.stdout + applied.stderr
    for name in VALID:
        assert (tmp_path / name).read_bytes() == transformed(name).data


@pytest.mark.parametrize("is_strict", [False, True], ids=["screened", "strict"])
def test_templates_are_refused_with_file_and_line(is_strict: bool) -> None:
    ran = run(*["--strict"] * is_strict, *TEMPLATES)
    assert (ran.returncode, ran.stdout) == (3, b"")
    message = r"(?m)^(.+?):\d+:\d+: error\[HN901\]: this looks like a template \(line \d+\): .+\n"
    refused = re.findall(message + "  help: render it first", ran.stderr.decode())
    assert set(refused) == set(TEMPLATES) - (set() if is_strict else SCREENED_TEMPLATES)
    assert ran.stderr.count(b"error[") == len(refused)


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("is_strict", [False, True], ids=["screened", "strict"])
def test_a_template_passes_untouched_where_invalid_input_may_pass(
    name: str, is_strict: bool
) -> None:
    result = transform(content(name), config=settings(strict=is_strict, onInvalid="pass"))
    assert (result.data, result.changes, result.failed) == (content(name), (), False)
    is_read = is_strict or name not in SCREENED_TEMPLATES
    assert {(found.rule, found.severity) for found in result.findings} == (
        {("HN901", "warning")} if is_read else set()
    )


def test_files_joined_by_markers_are_edited_like_each_file_by_itself() -> None:
    result = transform(b"---\n".join(map(content, JOINED)))
    assert result.data == b"---\n".join(transformed(name).data for name in JOINED)
    assert edits([result]) == edits(map(transformed, JOINED))
    assert result.findings == ()


def test_files_run_together_are_edited_like_each_file_by_itself() -> None:
    result = transform(b"".join(map(content, JOINED)))
    apart = b"".join(transformed(name).data for name in JOINED)
    assert without_markers(result.data) == without_markers(apart)
    assert manifests(result.data) == [
        manifest for name in JOINED for manifest in manifests(transformed(name).data)
    ]
    assert edits([result]) == edits(map(transformed, JOINED))
    glued = [name for name in JOINED[1:] if not re.match(rb"(?:#.*\n|\s)*---", content(name))]
    assert [found.rule for found in result.findings] == ["HN904"] * len(glued)
    assert not result.failed


def test_a_last_line_without_a_newline_swallows_a_marker_and_is_an_error() -> None:
    """Here `image: worker:latest---` is one value, and the two files are one document."""
    open_end = content("styles/anchors-merge-keys.yaml")
    assert not open_end.endswith(b"\n")
    result = transform(open_end + content("cni/flannel.yml"))
    assert result.failed
    assert "newline" in " ".join(found.message + found.hint for found in result.findings)


def test_a_last_line_without_a_newline_swallows_a_first_key_and_is_an_error() -> None:
    """Here `image: worker:latestapiVersion: apps/v1` is one line, and no YAML."""
    result = transform(
        content("styles/anchors-merge-keys.yaml") + content("cni/kube-proxy-windows.yml")
    )
    assert result.failed
    assert "newline" in " ".join(found.message + found.hint for found in result.findings)


def test_between_files_named_to_the_filter_a_missing_newline_and_marker_are_written() -> None:
    names = ["styles/anchors-merge-keys.yaml", "cni/kube-proxy-windows.yml", "cni/flannel.yml"]
    first, second, third = (transformed(name).data for name in names)
    ran = run(*names)
    assert (ran.returncode, ran.stdout) == (0, first + b"\n---\n" + second + third)


def edits(results: Iterable[Result]) -> list[tuple[str, tuple[dict[str, Any], ...]]]:
    return [
        (str(change.object), change.operations) for result in results for change in result.changes
    ]


def without_markers(data: bytes) -> bytes:
    return re.sub(rb"(?m)^---[ \t]*\n", b"", data)


def manifests(data: bytes) -> list[bytes]:
    """Return each document without its marker and the comments at the left margin, if any remain.

    A comment above the marker of the next file belongs to one document or the other, by what is
    above it; that does not count here.
    """
    texts = (re.sub(rb"(?m)^(?:---[ \t]*|#.*|)\n", b"", text) for text in documents(data))
    return [text for text in texts if text]


@pytest.mark.parametrize("name", GUARDED)
def test_other_line_ends_and_a_byte_order_mark_make_no_difference(name: str) -> None:
    for mark in (b"", b"\xef\xbb\xbf"):
        for line_end in (b"\r\n", b"\r"):
            old, new = (
                mark + data.replace(b"\n", line_end)
                for data in (content(name), transformed(name).data)
            )
            assert transform(old).data == new


@pytest.mark.parametrize("name", GUARDED)
@pytest.mark.parametrize("indent", [None, 4], ids=["compact", "pretty"])
def test_the_same_objects_in_a_json_list_get_the_same_edits(name: str, indent: int | None) -> None:
    old = [load(before.decode()) for _, before, _ in edited(name)]
    new = [load(after.decode()) for _, _, after in edited(name)]
    result = transform(json_list(old, indent))
    assert edits([result]) == edits([transformed(name)])
    assert is_same(load(result.data.decode()), load(json_list(new, indent).decode()))


def json_list(items: list[Any], indent: int | None) -> bytes:
    value = {"apiVersion": "v1", "kind": "List", "items": items}
    return json.dumps(value, indent=indent).encode()

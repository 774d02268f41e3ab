"""The configuration file: which one counts, and what it changes for files and folders."""

from pathlib import Path

import pytest

from tests.integration.cli_runs import invoke
from tests.manifests import LABEL, TEMPLATE, guarded, joined, kept_off, node, pool

NAME = ".hostnet-transform.yaml"


@pytest.fixture(autouse=True)
def _work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, data: bytes) -> Path:
    """Write a file, and the folders above it."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def configure(spec: str, name: str = NAME) -> None:
    """Write a configuration; `spec` is what stands under `spec`, without indentation."""
    lines = "".join(f"  {line}\n" for line in spec.splitlines())
    head = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\nspec:\n"
    write(name, (head + lines).encode())


def test_the_nearest_configuration_upwards_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    configure("rules: {pod-guard: false}")
    Path("in/deep").mkdir(parents=True)
    monkeypatch.chdir("in/deep")
    assert invoke(stdin=guarded()).out == guarded()
    configure("rules: {pod-guard: true}", f"../{NAME}")
    assert invoke(stdin=guarded()).out == kept_off()


def test_a_configuration_can_be_named_and_then_no_other_counts() -> None:
    configure("rules: {pod-guard: false}")
    configure("onInvalid: pass", "other.yaml")
    assert invoke("--config", "other.yaml", stdin=guarded()).out == kept_off()


def test_options_outrank_the_configuration() -> None:
    configure("rules: {pod-guard: false}\nonInvalid: pass")
    assert invoke("--enable", "pod-guard", stdin=guarded()).out == kept_off()
    assert invoke(stdin=TEMPLATE).status == 0
    assert invoke("--on-invalid", "fail", stdin=TEMPLATE).status == 3


def test_a_wrong_configuration_names_file_line_and_column() -> None:
    configure("rules:\n  HN999: off")
    run = invoke(stdin=guarded())
    assert (run.status, run.out) == (2, b"")
    assert run.err.startswith(f"{NAME}:5:5: error: there is no rule ")


def test_a_configuration_that_does_not_exist_is_wrong_usage() -> None:
    run = invoke("--config", "nowhere.yaml", stdin=guarded())
    assert (run.status, run.out) == (2, b"")
    assert "nowhere.yaml: error: the configuration file does not exist" in run.err


def test_severities_decide_the_status() -> None:
    lost = pool("a").replace(b"v1beta2", b"v1beta1")
    configure("rules: {HN106: warning}")
    run = invoke(stdin=lost)
    assert run.status == 0
    assert "warning[HN106]" in run.err


def test_pools_are_relative_to_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    write("pools/a.yaml", pool("a"))
    configure(
        "pools:\n- pools\n- apiVersion: apps.openyurt.io/v1beta2\n  kind: NodePool\n"
        "  metadata: {name: b}\n  spec: {hostNetwork: true}"
    )
    Path("in").mkdir()
    monkeypatch.chdir("in")
    nodes = joined(node("m1", "a"), node("n1", "b"))
    expected = joined(node("m1", "a") + LABEL, node("n1", "b") + LABEL)
    assert invoke(stdin=nodes).out == expected
    write("nodes.yaml", nodes)
    assert invoke("nodes.yaml").out == expected


def test_pools_of_the_configuration_that_do_not_exist_are_an_error() -> None:
    configure("pools: [nowhere.yaml]")
    run = invoke(stdin=guarded())
    assert run.status == 2
    assert "nowhere.yaml" in run.err


def test_each_scope_is_a_world_of_its_own() -> None:
    for cluster, is_host_network in (("a", True), ("b", False), ("c", True)):
        write(f"clusters/{cluster}/pools.yaml", pool("p", host_network=is_host_network))
        write(f"clusters/{cluster}/in/nodes.yaml", node(f"{cluster}-1", "p"))
    write("nodes.yaml", node("none-1", "p"))
    mixed = invoke("--check", ".")
    assert mixed.err.count("there are different NodePools") == 4
    assert "`clusters` in the configuration" in mixed.err
    configure('scopes: ["clusters/*"]')
    run = invoke("-w", ".")
    assert run.status == 0
    for cluster, label in (("a", LABEL), ("b", b""), ("c", LABEL)):
        text = Path(f"clusters/{cluster}/in/nodes.yaml").read_bytes()
        assert text == node(f"{cluster}-1", "p") + label
    assert "nodes.yaml:6:32: warning[HN313]: node none-1" in run.err


def test_globs_choose_files_of_folders_and_not_those_named() -> None:
    for name in ("a/x.yaml", "a/y.yaml", "b/x.yaml", "b/in/x.yaml"):
        write(name, guarded())
    configure('include: ["**/x.yaml"]\nexclude: ["b/in"]')
    run = invoke("--check", ".")
    assert [line.split(":")[0] for line in run.err.splitlines()[:-1]] == ["a/x.yaml", "b/x.yaml"]
    assert "a/y.yaml:1: " in invoke("--check", "a/y.yaml").err


def test_globs_are_relative_to_the_configuration_however_folders_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write("repo/a/x.yaml", guarded())
    write("repo/b/x.yaml", guarded())
    configure("exclude: [a]", f"repo/{NAME}")
    Path("link").symlink_to("repo")
    monkeypatch.chdir("repo/a")
    for folder in ("..", tmp_path / "repo", tmp_path / "link", "../../link"):
        assert "1 document in 1 file" in invoke("--check", folder).err

"""What package managers read of a release, and its check sums."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import manifests
from tools.single_file import NAME, PLATFORMS
from tools.version import project

ADDRESS = "https://github.com/someone/hostnet-transform"
VERSION = project()["version"]


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Return a folder with archives of a release."""
    for platform in PLATFORMS:
        (tmp_path / f"{NAME}-{VERSION}-{platform}.tar.gz").write_text(platform)
    (tmp_path / f"hostnet_transform-{VERSION}.tar.gz").write_text("sources")
    return tmp_path


def sums(folder: Path) -> dict[str, str]:
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return {name: checksum for checksum, name in (line.split("  ") for line in lines)}


def test_without_an_address_there_are_check_sums_and_it_is_said_what_is_left_out(
    dist: Path,
) -> None:
    assert manifests.write(dist, "") == list(manifests.MANIFESTS)
    assert not (dist / "manifests").exists()
    files = [path for path in dist.iterdir() if path.name != "SHA256SUMS"]
    assert sums(dist) == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def test_the_check_sums_stay_the_same_when_they_are_written_again(dist: Path) -> None:
    manifests.write(dist, "")
    before = sums(dist)
    manifests.write(dist, ADDRESS)
    assert sums(dist) == before


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}/", f"{ADDRESS}.git"])
def test_with_an_address_everything_is_there(dist: Path, address: str) -> None:
    assert manifests.write(dist, address) == []
    known = {f"{ADDRESS}/releases/download/v{VERSION}/{name}": s for name, s in sums(dist).items()}
    archives = {url: checksum for url, checksum in known.items() if f"/{NAME}-" in url}
    krew, flux, formula = (read(dist, name) for name in manifests.MANIFESTS)
    assert {one["uri"]: one["sha256"] for one in krew["spec"]["platforms"]} == archives
    platforms = flux["versions"][0]["platforms"]
    assert {one["url"]: one["checksum"] for one in platforms} == {
        url: f"sha256:{checksum}" for url, checksum in archives.items()
    }
    pairs = re.findall(r'url "(\S+)"\n +sha256 "(\w+)"', formula)
    assert dict(pairs) == archives


def read(dist: Path, name: str) -> Any:
    text = (dist / "manifests" / name).read_text(encoding="utf-8")
    return yaml.safe_load(text) if name.endswith(".yaml") else text


@pytest.mark.parametrize("address", ["http://example.org/x", "git@example.org:x", "example.org"])
def test_an_address_that_no_package_manager_could_use_is_refused(dist: Path, address: str) -> None:
    with pytest.raises(ValueError, match="https"):
        manifests.write(dist, address)


def test_an_archive_that_is_missing_is_an_error(dist: Path) -> None:
    next(dist.glob(f"{NAME}-*")).unlink()
    with pytest.raises(FileNotFoundError):
        manifests.write(dist, ADDRESS)


def test_krew_gets_the_fields_that_it_documents(dist: Path) -> None:
    plugin: Any = manifests.krew(manifests.release(dist, ADDRESS))
    assert plugin.keys() == {"apiVersion", "kind", "metadata", "spec"}
    assert plugin["apiVersion"] == "krew.googlecontainertools.github.com/v1alpha2"
    assert plugin["metadata"] == {"name": "hostnet"}, "the name of its file, and of the command"
    spec = plugin["spec"]
    allowed = {"version", "shortDescription", "description", "caveats", "homepage", "platforms"}
    assert spec.keys() <= allowed
    assert re.fullmatch(r"v\d+\.\d+\.\d+", spec["version"])
    assert "\n" not in spec["shortDescription"]
    assert spec["description"]
    for one in spec["platforms"]:
        assert one.keys() == {"selector", "uri", "sha256", "bin"}
        assert one["selector"]["matchLabels"].keys() == {"os", "arch"}
        assert re.fullmatch(r"[a-f0-9]{64}", one["sha256"])
        assert one["uri"].endswith(".tar.gz")
    selectors = [tuple(one["selector"]["matchLabels"].values()) for one in spec["platforms"]]
    assert len(set(selectors)) == len(selectors) == len(PLATFORMS)


def test_flux_gets_the_fields_of_its_schema(dist: Path) -> None:
    plugin: Any = manifests.flux(manifests.release(dist, ADDRESS))
    needed = ["apiVersion", "kind", "name", "description", "homepage", "source", "bin", "versions"]
    assert list(plugin) == needed
    assert plugin["apiVersion"] == "cli.fluxcd.io/v1beta1"
    assert plugin["bin"] == f"flux-{plugin['name']}"
    (version,) = plugin["versions"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version["version"])
    for one in version["platforms"]:
        assert one.keys() == {"os", "arch", "url", "checksum", "extractPath"}
        assert one["os"] in ("darwin", "linux", "windows")
        assert one["arch"] in ("amd64", "arm64")
        assert re.fullmatch(r"sha256:[a-f0-9]{64}", one["checksum"])


def test_the_formula_keeps_to_what_homebrew_asks_of_it(dist: Path) -> None:
    formula = manifests.formula(manifests.release(dist, ADDRESS))
    (described,) = re.findall(r'desc "(.*)"', formula)
    assert len(described) <= 80
    assert not described.lower().startswith(("a ", "an ", "the ", NAME))
    assert described[-1] != "."
    assert formula.count("on_macos do") == formula.count("on_linux do") == 1

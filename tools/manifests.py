"""Write what package managers read of a release, and its check sums.

    python -m tools.manifests FOLDER  for the archives in a folder, where `make archives` put them

All public addresses follow from `Repository` of [project.urls] in pyproject.toml. While there is
none, only SHA256SUMS is written, and it is said what is left out.

Sources: krew, docs/developer-guide/plugin-manifest; Flux, cli.fluxcd.io/v1beta1, pkg/plugin of
fluxcd/flux2 and schemas/ of fluxcd/plugins; Homebrew, docs.brew.sh/Formula-Cookbook.
"""

import argparse
import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tools.single_file import NAME, PLATFORMS
from tools.version import project

PLUGIN = "hostnet"
"""What follows `kubectl` and `flux`."""

PYTHON = "3.13"
"""The Python that the formula depends on."""

SUMS = "SHA256SUMS"
MANIFESTS = (f"krew/{PLUGIN}.yaml", f"flux/{PLUGIN}.yaml", f"homebrew/{NAME}.rb")


class Archive(NamedTuple):
    """An archive of the release: the platform by Go's names, its address and its check sum."""

    os: str
    arch: str
    url: str
    sha256: str


class Release(NamedTuple):
    """A release: all that a manifest says."""

    version: str
    summary: str
    license: str
    repository: str
    archives: tuple[Archive, ...]


def release(folder: Path, address: str) -> Release:
    """Return the release whose archives are in a folder; `address` is that of the repository.

    Raises:
        FileNotFoundError: an archive is not there.
        ValueError: the address is not one of https.
    """
    if not address.startswith("https://"):
        raise ValueError(f"Repository is {address!r}; package managers need an address of https")
    facts, address = project(), address.rstrip("/").removesuffix(".git")
    version, archives = facts["version"], []
    for platform in PLATFORMS:
        name = f"{NAME}-{version}-{platform}.tar.gz"
        system, _, arch = platform.partition("-")
        url = f"{address}/releases/download/v{version}/{name}"
        archives.append(Archive(system, arch, url, checksum(folder / name)))
    summary = facts["description"].partition(",")[0]
    return Release(version, summary, facts["license"], address, tuple(archives))


def checksum(file: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def checksums(folder: Path) -> str:
    """Return the check sums of the files in a folder, as `sha256sum --check` reads them."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != SUMS)
    return "".join(f"{checksum(path)}  {path.name}\n" for path in files)


def manifests(made: Release) -> dict[str, str]:
    """Return the manifests of a release, by name."""
    texts = (_yaml(krew(made)), _yaml(flux(made)), formula(made))
    return dict(zip(MANIFESTS, texts, strict=True))


def krew(made: Release) -> Mapping[str, Any]:
    """Return the manifest of the plugin for kubectl. It needs no `files`: all are installed."""
    return {
        "apiVersion": "krew.googlecontainertools.github.com/v1alpha2",
        "kind": "Plugin",
        "metadata": {"name": PLUGIN},
        "spec": {
            "version": f"v{made.version}",
            "homepage": made.repository,
            "shortDescription": "Prepare manifests for host-network NodePools",
            "description": f"{made.summary}.\nIt edits and validates manifests offline, and says"
            " where each workload can run.\n",
            "caveats": "It needs Python 3.11 or newer, as python3 on PATH; on Linux, with glibc.\n",
            "platforms": [
                {
                    "selector": {"matchLabels": {"os": one.os, "arch": one.arch}},
                    "uri": one.url,
                    "sha256": one.sha256,
                    "bin": NAME,
                }
                for one in made.archives
            ],
        },
    }


def flux(made: Release) -> Mapping[str, Any]:
    """Return the manifest of the plugin for Flux 2.9."""
    platforms = [
        {
            "os": one.os,
            "arch": one.arch,
            "url": one.url,
            "checksum": f"sha256:{one.sha256}",
            "extractPath": NAME,
        }
        for one in made.archives
    ]
    return {
        "apiVersion": "cli.fluxcd.io/v1beta1",
        "kind": "Plugin",
        "name": PLUGIN,
        "description": made.summary,
        "homepage": made.repository,
        "source": made.repository,
        "bin": f"flux-{PLUGIN}",
        "versions": [{"version": made.version, "platforms": platforms}],
    }


def formula(made: Release) -> str:
    """Return the formula for Homebrew. The program is started with the Python of Homebrew."""
    words = {"darwin": "on_macos", "linux": "on_linux", "arm64": "on_arm", "amd64": "on_intel"}
    lines = []
    for system in dict.fromkeys(one.os for one in made.archives):
        lines.append(f"  {words[system]} do")
        for one in made.archives:
            if one.os == system:
                lines += [f"    {words[one.arch]} do", f'      url "{one.url}"']
                lines += [f'      sha256 "{one.sha256}"', "    end"]
        lines += ["  end", ""]
    values = made._asdict() | {"archives": "\n".join(lines), "name": NAME, "python": PYTHON}
    return _FORMULA.format(plugin=f"kubectl-{PLUGIN}", **values)


_FORMULA = """\
class HostnetTransform < Formula
  desc "{summary}"
  homepage "{repository}"
  version "{version}"
  license "{license}"

{archives}
  depends_on "python@{python}"

  def install
    libexec.install "{name}"
    libexec.install_symlink "{name}" => "{plugin}"
    python = Formula["python@{python}"].opt_bin/"python{python}"
    ["{name}", "{plugin}"].each do |program|
      (bin/program).write <<~SH
        #!/bin/sh
        exec "#{{python}}" "#{{libexec}}/#{{program}}" "$@"
      SH
    end
  end

  test do
    assert_match version.to_s, shell_output("#{{bin}}/{name} --version")
  end
end
"""


def _yaml(value: Mapping[str, Any]) -> str:
    return yaml.safe_dump(value, sort_keys=False, width=100)


def write(folder: Path, address: str) -> list[str]:
    """Write the files of a release; return the names of manifests that lack an address."""
    texts = manifests(release(folder, address)) if address else {}
    for name, text in texts.items():
        file = folder / "manifests" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / SUMS).write_text(checksums(folder), encoding="utf-8")
    return [name for name in MANIFESTS if name not in texts]


def main() -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    urls: Any = project().get("urls", {})
    left_out = write(folder, urls.get("Repository", ""))
    if left_out:
        print(f"left out: {', '.join(left_out)}; set Repository in [project.urls]", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

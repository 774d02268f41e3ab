"""The example of `integrations/` as it lies in a checkout, for tests of the hosts there."""

import os
import subprocess
from pathlib import Path

from tests.integration.shell_blocks import INTEGRATIONS, run_block, shell_blocks

ROOT = INTEGRATIONS.parent

WRONG = '        apps.openyurt.io/exclude-host-network-pool: "True"\n'
RIGHT = '        apps.openyurt.io/exclude-host-network-pool: "true"\n'


def make_wrong(example: Path) -> None:
    """Give the Deployment of the example an annotation that does nothing."""
    shop = example / "shop.yaml"
    text = shop.read_text(encoding="utf-8")
    assert RIGHT in text
    shop.write_text(text.replace(RIGHT, WRONG), encoding="utf-8")


def documented(name: str, folder: Path, *programs: Path) -> list[str]:
    """Run the commands of a README; return what each block printed."""
    blocks = shell_blocks(INTEGRATIONS / name / "README.md")
    assert {block.mark for block in blocks} == {name}
    printed = []
    for block in blocks:
        done = run_block(block.text, folder, *programs)
        assert done.returncode == 0, (block.text, done.stderr)
        printed.append(done.stdout)
    return printed


def git(folder: Path, *args: str) -> str:
    """Run Git in a repository of no settings but these."""
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identity = ("-c", "user.name=me", "-c", "user.email=me@example.com")
    done = subprocess.run(
        ["git", *identity, *args],
        cwd=folder,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def flip(repository: Path) -> None:
    """Change what may not change: the pool of the example becomes a standard one."""
    nodes = repository / "integrations" / "example" / "nodes.yaml"
    text = nodes.read_text(encoding="utf-8")
    nodes.write_text(text.replace("hostNetwork: true", "hostNetwork: false"), encoding="utf-8")

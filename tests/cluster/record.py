"""Ask a real control plane, and keep its answers in `testdata/cluster/`.

Run from the top of the repository, where Go, etcd and openssl are: `python -m tests.cluster.record
[--check] [JUDGE]...`. With `--check` nothing is written, and it is an error if a file would change.
The first run builds the programs, which takes some ten minutes (`programs.py`).
"""

import argparse
import gzip
import sys
import time

from tests.cluster.control_plane import control_plane
from tests.cluster.programs import Programs, programs
from tests.cluster.vectors import FOLDER, JUDGES, file_of
from tests.oracle.record import compressed
from tests.oracle.vectors import encode


def main() -> None:
    """Ask everything, and write the files or compare them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail on a difference")
    parser.add_argument("judges", nargs="*", metavar="JUDGE", help=", ".join(JUDGES))
    options = parser.parse_args()
    unknown = set(options.judges) - set(JUDGES)
    if unknown:
        parser.error(f"no judge: {', '.join(sorted(unknown))}")
    found = programs()
    wanted = options.judges or list(JUDGES)
    changed = [judge for judge in wanted if not _kept(judge, found, options.check)]
    if options.check and changed:
        sys.exit(
            f"the control plane answers otherwise now: {', '.join(changed)}; see `git diff` after"
            " `make cluster-oracle REWRITE=1`"
        )


def _kept(judge: str, found: Programs, is_check: bool) -> bool:
    """Ask one judge; return whether the answers are those in the file."""
    start = time.monotonic()
    with control_plane(found) as plane:
        asked = list(JUDGES[judge].questions())
        answers = JUDGES[judge].answers(plane, asked)
        vectors = [{**one, "answer": answer} for one, answer in zip(asked, answers, strict=True)]
        memory = sum(plane.memory().values())
    path, content = file_of(judge), b"".join(map(encode, vectors))
    is_same = path.is_file() and gzip.decompress(path.read_bytes()) == content
    if not is_same and not is_check:
        FOLDER.mkdir(parents=True, exist_ok=True)
        path.write_bytes(compressed(vectors))
    told = "as recorded" if is_same else "changed"
    seconds = time.monotonic() - start
    print(f"{judge}: {len(vectors)} questions, {told}; {seconds:.0f} s, {memory} MiB", flush=True)
    return is_same


if __name__ == "__main__":
    main()

"""The innermost cause in what kustomize prints when a build fails."""

import pytest

from transformer.inputs.builds.causes import Cause, cause_of

ABOVE = (
    "accumulating resources: accumulation err='accumulating resources from '../../r/edge': "
    "'/r/edge' must resolve to a file': recursed accumulation of path '/r/edge': "
)
"""What is said of the layer above the folder `/r/edge`."""

MISSING = (
    "evalsymlink failure on '/r/edge/x.yaml' : lstat /r/edge/x.yaml: no such file or directory"
)
AFTER = f"': must build at directory: not a valid directory: {MISSING}"
BEFORE = "accumulating resources: accumulation err='accumulating resources from"
CONFIG = "trouble configuring builtin PatchTransformer with config: `\npath: p.yaml\n`: "
UNPARSED = 'unable to parse SM or JSON patch from [path: "p.yaml"]'


@pytest.mark.parametrize(
    ("printed", "cause"),
    [
        (f"{BEFORE} 'x.yaml': {MISSING}{AFTER}", "edge/x.yaml: no such file or directory"),
        (
            f"{BEFORE} '../a.yaml': security; file '/r/a.yaml' is not in or below '/r/edge'"
            "': must build at directory: '/r/a.yaml': file is not directory",
            "security; file 'a.yaml' is not in or below 'edge'",
        ),
        (
            f"{BEFORE} '../base': '/r/base' must resolve to a file': couldn't make target for path"
            " '/r/base': kustomization.yaml is empty",
            "base: kustomization.yaml is empty",
        ),
        (
            "accumulating resources: accumulation err='merging resources from 'a.yaml': may not add"
            " resource with an already registered id: Pod.v1/a': must build at directory: '/r/edge"
            "/a.yaml': file is not directory",
            "edge/a.yaml: may not add resource with an already registered id: Pod.v1/a",
        ),
        (f'accumulating components: accumulateDirectory: "{MISSING}"', "edge/x.yaml: no such file"),
        (f"{CONFIG}{MISSING}", "edge/x.yaml: no such file or directory"),
        ("nothing at '/spec/template'", "nothing at '/spec/template'"),
    ],
)
@pytest.mark.parametrize(
    "wrapped",
    [
        "{}",
        "Error: {}",
        "# Warning: 'bases' is deprecated. Please use 'resources' instead.\nerror: {}",
        'E0101 10:00:00.000000    1 run.go:72] "command failed" err="{}"',
        'E0101 10:00:00.000000    1 run.go:72] "command failed" err=<\n\t{}\n >',
    ],
)
def test_the_innermost_cause_is_told(wrapped: str, printed: str, cause: str) -> None:
    text = ABOVE + printed
    if "err=<" in wrapped:
        text = text.replace("\n", "\n\t")
    elif "err=" in wrapped:
        text = text.replace('"', '\\"').replace("\n", "\\n")
    told = found(wrapped.format(text))
    assert (told.text[: len(cause)], told.file) == (cause, "")
    assert "/r/" not in told.text


def test_a_file_that_is_no_yaml_is_named() -> None:
    malformed = "accumulating resources from 'a.yaml': MalformedYAMLError: bad in File: a.yaml"
    told = found(f"error: {ABOVE}accumulating resources: {malformed}")
    assert told == Cause("edge/a.yaml: MalformedYAMLError: bad", "/r/edge/a.yaml")
    assert found(f"{ABOVE}{CONFIG}{UNPARSED}") == Cause(UNPARSED, "/r/edge/p.yaml")


def found(printed: str) -> Cause:
    return cause_of(printed, "/r/edge".__eq__, lambda path: path.removeprefix("/r/"))

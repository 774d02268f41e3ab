"""Which files, folders and objects a pattern chooses."""

from time import process_time

import pytest

from transformer.globs import MAX_WILDCARDS, flaw_of, is_chosen, matches_object, outermost


@pytest.mark.parametrize(
    ("pattern", "chosen", "others"),
    [
        ("vendor", ["vendor/x", "a/vendor/x", "vendor", "a/vendor"], ["vendors/x", "a/xvendor"]),
        ("vendor/", ["vendor/x", "a/vendor/b/x"], ["vendor", "a/vendor"]),
        ("**/vendor", ["vendor/x", "a/vendor/x", "a/b/vendor"], ["vendors/x"]),
        ("/vendor", ["vendor/x", "vendor"], ["a/vendor/x"]),
        ("./vendor", ["vendor/x", "vendor"], ["a/vendor/x"]),
        ("a/b", ["a/b", "a/b/x"], ["c/a/b", "a/c/b", "a/bc"]),
        ("a/b/", ["a/b/x"], ["a/b", "c/a/b/x"]),
        ("*.yaml", ["x.yaml", "a/b/x.yaml", ".yaml", "d.yaml/x"], ["x.yml", "x.yaml.bak"]),
        ("/*.yaml", ["x.yaml"], ["a/x.yaml"]),
        ("a/*", ["a/x", "a/b/x"], ["a", "b/a/x"]),
        ("a/*/x", ["a/b/x"], ["a/x", "a/b/c/x"]),
        ("a/**", ["a/x", "a/b/x"], ["a", "b/a/x"]),
        ("a/**/", ["a/b/x", "a/b/c/x"], ["a/x"]),
        ("a/**/x", ["a/x", "a/b/x", "a/b/c/x"], ["x", "b/a/x"]),
        ("**/a/**", ["a/x", "b/a/x", "b/a/c/x"], ["a", "b/a"]),
        ("*", ["x", "a/x", ".x"], []),
        ("?", ["x", "é", "a/x"], ["xy"]),
        ("[a-c]x", ["ax", "d/bx"], ["dx", "x"]),
        ("[!a]x", ["bx"], ["ax", "/x"]),
        ("[^a]x", ["bx"], ["ax"]),
        ("\\*x", ["*x"], ["ax"]),
        ("\\#x", ["#x"], ["x"]),
        ("\\!x", ["!x"], ["x"]),
        ("x ", ["x"], ["x "]),
        ("x\\ ", ["x "], ["x"]),
        ("X", ["X", "a/X"], ["x"]),
        ("{a,b}", ["{a,b}"], ["a", "b"]),
    ],
)
def test_a_pattern_chooses_as_in_gitignore(
    pattern: str, chosen: list[str], others: list[str]
) -> None:
    paths = [*chosen, *others]
    assert flaw_of(pattern) == ""
    assert [path for path in paths if is_chosen(path, (pattern,))] == chosen


@pytest.mark.parametrize(
    ("patterns", "chosen", "others"),
    [
        (("*.yaml", "!a.yaml"), ["b.yaml"], ["a.yaml", "d/a.yaml"]),
        (("!a.yaml", "*.yaml"), ["a.yaml", "b.yaml"], []),
        (("*.yaml", "!/d/*.yaml", "d/x.yaml"), ["x.yaml", "d/x.yaml", "d/e/y.yaml"], ["d/y.yaml"]),
        (("vendor/", "!vendor/a"), ["vendor/a", "vendor/b"], []),
        (("vendor/*", "!vendor/a"), ["vendor/b"], ["vendor/a", "vendor/a/x"]),
        (("/*", "!/apps"), ["x", "other/x"], ["apps/x"]),
        (("*.yaml", "!d"), ["d/x.yaml"], ["d.json"]),
        (("docs", "!*.yaml", "/base"), ["base/x.yaml", "docs/x.yaml"], ["x.yaml"]),
        (("*", "!*/", "!*.yaml"), ["x", "a/x"], ["x.yaml", "a/x.yaml"]),
        ((), [], ["x"]),
    ],
)
def test_the_last_pattern_that_matches_decides(
    patterns: tuple[str, ...], chosen: list[str], others: list[str]
) -> None:
    paths = [*chosen, *others]
    assert [path for path in paths if is_chosen(path, patterns)] == chosen


def test_a_path_outside_of_the_folder_is_matched_as_an_absolute_one() -> None:
    assert is_chosen("/srv/shared/x.yaml", ("*.yaml",))
    assert is_chosen("/srv/shared/x.yaml", ("/srv/shared",))
    assert not is_chosen("/srv/shared/x.yaml", ("/shared",))
    assert outermost("/srv/shared/in/", ("shared",)) == "/srv/shared/"


@pytest.mark.parametrize(
    ("path", "patterns", "expected"),
    [
        ("a/b/c/", ("b", "a/b/c"), "a/b/"),
        ("a/b/", ("a/*",), "a/b/"),
        ("a/", ("a/*",), ""),
        ("./a/b/", ("/a",), "a/"),
        ("", ("*",), ""),
        ("clusters/a/b/", ("clusters/**",), "clusters/a/"),
        ("clusters/a/b/", ("clusters/**/",), "clusters/a/"),
        ("a/b/overlays/c/", ("**/overlays/*",), "a/b/overlays/c/"),
    ],
)
def test_the_outermost_folder_is_found(path: str, patterns: tuple[str, ...], expected: str) -> None:
    assert outermost(path, patterns) == expected


@pytest.mark.parametrize(
    ("pattern", "flaw"),
    [
        ("# x", "comment"),
        (" ", "path from the folder"),
        ("/", "path from the folder"),
        ("!", "path from the folder"),
        ("./", "path from the folder"),
        ("a//b", "path from the folder"),
        ("//a", "path from the folder"),
        ("../a", "path from the folder"),
        ("a/./b", "path from the folder"),
        ("a[", "close each bracket"),
        ("[a/b]", "close each bracket"),
        ("[]", "close each bracket"),
        ("[z-a]", "close each bracket"),
        ("[[:alpha:]]", "close each bracket"),
        ("[a--b]", "close each bracket"),
        ("a\\", "a backslash before one"),
        ("*a" * (MAX_WILDCARDS + 1), "at most 4 wildcards"),
        ("**/a/" * (MAX_WILDCARDS + 1) + "b", "at most 4 wildcards"),
    ],
)
def test_a_pattern_that_can_match_nothing_has_a_flaw(pattern: str, flaw: str) -> None:
    assert flaw in flaw_of(pattern)


def test_a_star_that_is_a_whole_name_does_not_count() -> None:
    assert flaw_of("*/" * 20 + "**/a*/**/*.yaml") == ""


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * MAX_WILDCARDS + "b", "a" * 100),
        ("*/" * 500 + "x", "a/" * 600),
        ("[!b]" * 500, "a" * 499),
        ("**/" * 5000 + "x", "a/b"),
    ],
)
def test_a_pattern_that_is_made_to_take_time_takes_little(pattern: str, path: str) -> None:
    start = process_time()
    assert not is_chosen(path, (pattern,))
    assert process_time() - start < 2


@pytest.mark.parametrize(
    ("pattern", "reference", "expected"),
    [
        ("Deployment/shop/web-*", "Deployment/shop/web-front", True),
        ("Deployment/shop/web-*", "Deployment/other/web-front", False),
        ("Deployment/shop/web-*", "DaemonSet/shop/web-front", False),
        ("DaemonSet/*", "DaemonSet/kube-system/agent", True),
        ("DaemonSet/agent", "DaemonSet/kube-system/agent", True),
        ("DaemonSet/kube-system", "DaemonSet/kube-system/agent", False),
        ("NodePool/hang*", "NodePool/hangzhou", True),
        ("NodePool/*/hang*", "NodePool/hangzhou", True),
        ("NodePool/x/hang*", "NodePool/hangzhou", False),
        ("*/shop/*", "Service/shop/web", True),
        ("*/*", "Service/shop/web", True),
        ("deployment/*", "Deployment/shop/web", False),
        ("Deployment/[ab]", "Deployment/shop/b", True),
        ("Deployment/*", "", False),
    ],
)
def test_a_pattern_of_objects_has_wildcards_in_each_part(
    pattern: str, reference: str, expected: bool
) -> None:
    assert matches_object(reference, pattern) is expected

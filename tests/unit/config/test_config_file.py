import importlib.util
import json
import re
import zipfile
import zipimport
from pathlib import Path

import pytest

from transformer.config import package_data
from transformer.config.config_file import load, parse
from transformer.config.resolve import NAME, find
from transformer.errors import InternalError, SettingsError
from transformer.pipeline.settings import Settings, Suppression

ROOT = Path(__file__).parents[3]
HEAD = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"
UNREADABLE = "not readable as YAML: "
CHAIN = "".join(f"  a{n}: &a{n} [[[[*a{n - 1}]]]]\n" for n in range(1, 210))
DOCUMENTATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")


def error_of(data: bytes | str) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        parse(data.encode() if isinstance(data, str) else data, "c.yaml")
    assert caught.value.file == "c.yaml"
    return caught.value


def place(error: SettingsError) -> tuple[int, int]:
    return error.line, error.column


def test_the_example_of_the_documentation_is_read() -> None:
    example = re.search(r"```yaml\n(.*?)```", DOCUMENTATION, re.DOTALL)
    assert example is not None
    settings = parse(example[1].encode(), "example")
    assert settings.transform_rules == {"pool-attributes": True, "node-label": False}
    assert settings.severities == {"HN413": "error", "HN903": "off"}
    assert [entry["id"] for entry in settings.components] == ["our-cni", "weave-net"]
    assert settings.pod_templates[0]["pointer"] == "/spec/members/*/template"
    assert settings.pool_paths == ("infrastructure/pools", "../shared/pools.yaml")
    assert settings.inline_pools[0]["spec"] == {"type": "Edge", "hostNetwork": True}
    assert settings.build
    assert settings.nodes == "complete"
    assert [one.name for one in settings.clusters] == ["prod", "staging"]
    assert settings.scopes == ("sites/*",)
    assert settings.include == ("*.yaml", "*.json")
    assert settings.exclude == ("vendor/", "!/apps/vendor/")
    assert settings.suppressions[1] == Suppression(
        rules=("HN402", "HN413"),
        object="Deployment/legacy-*",
        file="/clusters/staging/",
        reason="goes away with the old shop in spring",
        line=81,
        until="2099-03-31",
    )
    assert settings.baseline == "known-findings.yaml"
    assert (settings.on_invalid, settings.strict) == ("fail", False)


def test_the_documentation_shows_and_explains_every_key() -> None:
    schema = json.loads(package_data.read("schemas/config.schema.json"))
    definitions = schema["$defs"]
    keys = [*schema["properties"]["spec"]["properties"]]
    for name in ("cluster", "component", "podTemplate", "ignore"):
        keys += definitions[name]["properties"]
    rows = "\n".join(line for line in DOCUMENTATION.splitlines() if line.startswith("| `"))
    example = DOCUMENTATION.split("```")[1]
    assert [key for key in keys if f"`{key}`" not in rows] == []
    assert [key for key in keys if not re.search(rf"\b{key}:", example)] == []


def test_nothing_but_the_head_gives_the_defaults() -> None:
    assert parse(HEAD.encode(), "c.yaml") == Settings(name="c.yaml")


def test_json_with_tabs_and_surrogate_pairs_is_read() -> None:
    reason = {"rules": ["HN405"], "file": "a", "reason": "x \U0001f600"}
    config = {"apiVersion": "transform.hostnet.io/v1alpha1", "kind": "HostnetTransform"}
    text = json.dumps({**config, "spec": {"ignore": [reason]}}, indent="\t")
    assert "\\ud83d" in text
    assert parse(text.encode(), "c.json").suppressions[0].reason == "x \U0001f600"


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_byte_order_mark_and_any_line_end_are_read(line_end: str) -> None:
    text = "\ufeff" + HEAD + "spec:\n  strict: on\n"
    assert parse(text.replace("\n", line_end).encode(), "c.yaml").strict is True


def test_scalars_mean_what_they_mean_to_kubectl() -> None:
    pool = (
        "{apiVersion: apps.openyurt.io/v1beta2, kind: NodePool, metadata: {name: a}, "
        "spec: {a: 017, b: 0x1f, c: 1_000, d: 1e3, e: 1:30, f: 2020-01-01, g: ~, h: Yes, "
        "i: n, j: '017', k: -1.5, l: !!str 5, m: tRue, o: 08, p: 0, y: ! q}}"
    )
    settings = parse(f"{HEAD}spec: {{pools: [{pool}]}}".encode(), "c.yaml")
    assert settings.inline_pools[0]["spec"] == {
        "a": 15, "b": 31, "c": 1000, "d": 1000.0, "e": "1:30", "f": "2020-01-01", "g": None,
        "h": True, "i": False, "j": "017", "k": -1.5, "l": "5", "m": "tRue", "o": 8.0, "p": 0,
        "true": "q",
    }  # fmt: skip


def test_a_comment_may_stand_anywhere() -> None:
    assert parse(f"{HEAD}spec: #\n {{strict: true}}\n\n".encode(), "c.yaml").strict


def test_a_directive_that_cannot_be_followed_is_an_error_with_its_place() -> None:
    error = error_of(f"%YAML 2.1\n---\n{HEAD}")
    assert place(error) == (1, 1)
    assert error.message.startswith("not readable as YAML")


def test_aliases_and_merge_keys_are_followed() -> None:
    text = f"""{HEAD}spec:
  ignore:
  - &first {{rules: &rules [HN405], object: Pod/a, reason: one}}
  - {{<<: *first, object: Pod/b}}
  - {{<<: [{{file: x}}, {{file: y, reason: two}}], rules: *rules}}
"""
    assert parse(text.encode(), "c.yaml").suppressions == (
        Suppression(("HN405",), "Pod/a", "", "one", line=5),
        Suppression(("HN405",), "Pod/b", "", "one", line=6),
        Suppression(("HN405",), "", "x", "two", line=7),
    )


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 1, 1, "the configuration is empty"),
        ("# nothing\n", 1, 1, "the configuration is empty"),
        ("---\n...\n", 1, 1, "the configuration is empty"),
        ("- a\n", 1, 1, "the configuration is a list, expected a mapping"),
        ("word\n", 1, 1, 'the configuration is "word", expected a mapping'),
        (f"{HEAD}---\n{HEAD}", 3, 1, "more than one YAML document"),
        (f"{HEAD}---\n", 3, 1, "more than one YAML document"),
        (f"{HEAD}...\n# end\nspec: {{}}\n", 4, 1, "more than one YAML document"),
        (f"{HEAD}spec:\n\tstrict: true\n", 4, 1, f"{UNREADABLE}while scanning for the next token"),
        (f"{HEAD}spec:\n\tstrict: true\n", 4, 1, "cannot start any token (U+0009)"),
        (f"{HEAD}spec: {{strict: true\n", 3, 7, "did not find expected ',' or '}'"),
        ('{"kind": "a" "b": 1}', 1, 14, "did not find expected ',' or '}'"),
        (f"{HEAD}spec:\n  exclude: [*.yaml]\n", 4, 13, f"{UNREADABLE}while scanning an alias"),
        (f"{HEAD}spec:\n  exclude: [*/b]\n", 4, 13, f"{UNREADABLE}while scanning an alias"),
        (f"{HEAD}spec:\n  exclude:\n  - *b\n", 5, 5, f"{UNREADABLE}alias *b has no anchor above"),
        (f"{HEAD}spec:\n  exclude: [!b]\n", 4, 13, f"{UNREADABLE}while scanning a tag"),
        (f"{HEAD}metadata: {{name: \x01}}\n", 3, 18, "control characters are not allowed (U+0001)"),
        (f"{HEAD}metadata: {{name: \0}}\n", 3, 18, "control characters are not allowed (U+0000)"),
        (f"{HEAD}spec:\n  strict: true\n  strict: false\n", 5, 3, "duplicate key 'strict'"),
        (f"{HEAD}spec:\n  strict: true\n  strict: false\n", 5, 3, ", first in line 4"),
        (f"{HEAD}metadata:\n  [a]: b\n", 4, 3, "a mapping or sequence is used as a key"),
        (f"{HEAD}metadata:\n  ~: b\n", 4, 3, "the key of a mapping is null"),
        (f"{HEAD}metadata:\n  <<: word\n", 4, 7, "the value of << must be a mapping"),
        (f"{HEAD}metadata:\n  a: !!int x\n", 4, 12, "`x` cannot be read as !!int"),
        (f"{HEAD}metadata:\n  a: !!python/name:os.system x\n", 4, 6, "the tag !!python/name:os"),
        (f"{HEAD}metadata:\n  a: !mine\n    b: c\n", 4, 6, "the tag !mine is not allowed"),
        (f"{HEAD}metadata:\n  a: [!!set {{b}}]\n", 4, 7, "the tag !!set is not allowed"),
        (f"{HEAD}metadata:\n  a: &a [*a]\n", 4, 10, "anchor &a contains itself"),
        (f"{HEAD}metadata:\n  a: &a\n    <<: *a\n", 5, 9, "anchor &a contains itself"),
        (f"{HEAD}metadata: {'[' * 500}", 3, 210, "nested more than 200 levels deep"),
        (f"{HEAD}metadata:\n  a0: &a0 []\n{CHAIN}", 54, 17, "aliases nest more than 200 levels"),
    ],
)
def test_a_text_that_cannot_be_read_is_an_error_with_its_place(
    text: str, line: int, column: int, message: str
) -> None:
    error = error_of(text)
    assert message in error.message
    assert place(error) == (line, column)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("kind: HostnetTransform\n", 1, 1, 'the configuration lacks the key "apiVersion"'),
        ("# c\n\napiVersion: v1\nkind: HostnetTransform\n", 3, 13, 'apiVersion is "v1"'),
        (f"{HEAD}spec:\n  strikt: true\n", 4, 3, 'unknown key "strikt" in spec'),
        (f"{HEAD}spec:\n  strict: 'yes'\n", 4, 11, 'spec.strict is "yes", expected true or false'),
        (f"{HEAD}spec:\n  strict:\n\n\n  onInvalid: fail\n", 4, 3, "spec.strict is empty"),
        (f"{HEAD}spec:\n  strict:\n    - true\n", 5, 5, "spec.strict is a list"),
        (f"{HEAD}spec:\n  rules: {{HN405: loud}}\n", 4, 18, 'spec.rules.HN405 is "loud"'),
        (f"{HEAD}spec:\n  pools:\n  - a\n  - 5\n", 6, 5, "spec.pools[1] is 5"),
        (f"{HEAD}spec:\n  exclude:\n  - a\n  - b[\n", 6, 5, 'invalid pattern "b["'),
        (
            f"{HEAD}spec:\n  ignore:\n  - rules: [HN405]\n    file: a\n",
            5,
            5,
            'spec.ignore[0] lacks the key "reason"',
        ),
        (f"{HEAD}spec:\n  onInvalid: |\n    x\n", 4, 14, 'spec.onInvalid is "x"'),
        (
            f'{HEAD}metadata: &m {{strict: 3}}\nspec:\n  "<<": 1\n  <<: *m\n',
            3,
            23,
            "spec.strict is 3, expected true or false (and 1 more problem)",
        ),
        ('{"apiVersion": "transform.hostnet.io/v1alpha1",\n\t"kind": 5}', 2, 10, "kind is 5"),
        ("\ufeffkind: a\napiVersion: transform.hostnet.io/v1alpha1\n", 1, 7, 'kind is "a"'),
        (f"{HEAD}metadata: {{a: 'é\U0001f600'}}\nspecs: 1\n", 4, 1, 'unknown key "specs"'),
    ],
)
def test_a_setting_that_does_not_fit_is_an_error_with_its_place(
    text: str, line: int, column: int, message: str
) -> None:
    error = error_of(text)
    assert message in error.message
    assert place(error) == (line, column)


def test_columns_count_characters_and_lines_count_any_line_end() -> None:
    text = HEAD.replace("\n", "\r\n") + "metadata: {a: 'é\U0001f600', <<: 3}\r\n"
    assert place(error_of(text)) == (3, 25)
    assert place(error_of(HEAD.replace("\n", "\r") + "specs: 1\r")) == (3, 1)


def test_the_first_problem_in_the_text_is_told_with_the_number_of_the_others() -> None:
    text = f"{HEAD}spec:\n  zzz: 1\n  strict: 1\n  onInvalid: 1\n"
    error = error_of(text)
    assert error.message == 'unknown key "zzz" in spec (and 2 more problems)'
    assert place(error) == (4, 3)


def test_an_error_says_what_to_do() -> None:
    assert error_of(f"{HEAD}spec: {{strikt: true}}").hint == 'did you mean "strict"?'
    for pattern in ("*.yaml", "**/x", "*a", "!b"):
        hint = error_of(f"{HEAD}spec: {{exclude: [{pattern}]}}").hint
        assert hint == 'a pattern that begins with * or ! needs quotes: "*.yaml"'
    hint = error_of(f"{HEAD}spec:\n  exclude:\n  - !/b\n").hint
    assert hint == 'write the plain value without a tag, or a pattern in quotes: "!/b"'
    assert error_of(f"{HEAD}kind: a\n").hint == "keep one of them"


def test_a_byte_that_is_not_utf_8_is_an_error_with_its_place() -> None:
    error = error_of(HEAD.encode() + b"metadata:\n  name: \xff\n")
    assert error.message == "not UTF-8: byte 0xff is not valid here"
    assert place(error) == (4, 9)


def test_nested_aliases_cannot_make_a_small_text_large() -> None:
    bomb = "".join(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    error = error_of(f"{HEAD}metadata:\n  a0: &a0 x\n{bomb}")
    assert "the aliases of this document expand to more than" in error.message
    merges = "".join(
        f"  a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 9)
    )
    error = error_of(f"{HEAD}metadata:\n  a0: &a0 {{x: y}}\n{merges}")
    assert "the aliases of this document expand to more than" in error.message


def test_an_id_that_no_rule_has_is_an_error() -> None:
    error = error_of(f"{HEAD}spec:\n  rules:\n    HN405: off\n    HN499: off\n")
    assert error.message == 'there is no rule "HN499"'
    assert place(error) == (6, 5)


def test_a_file_is_loaded_and_its_paths_stay_as_written(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text(f"{HEAD}spec: {{pools: [../pools, ./a.yaml]}}\n")
    assert load(path).pool_paths == ("../pools", "./a.yaml")


def test_an_error_in_a_file_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text(f"{HEAD}specs: 1\n")
    with pytest.raises(SettingsError) as caught:
        load(path)
    assert (caught.value.file, *place(caught.value)) == (str(path), 3, 1)


def test_a_missing_file_a_folder_and_an_unreadable_file_are_errors(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    expected = {
        tmp_path / "none": "the configuration file does not exist",
        tmp_path: "this is a folder, expected a configuration file",
        loop: "the configuration file cannot be read: ",
    }
    for path, message in expected.items():
        with pytest.raises(SettingsError, match=message) as caught:
            load(path)
        assert caught.value.file == str(path)


def test_the_nearest_file_upwards_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b" / "c"
    inner.mkdir(parents=True)
    (tmp_path / NAME).touch()
    assert find(inner) == tmp_path.resolve() / NAME
    (tmp_path / "a" / "b" / NAME).touch()
    assert find(inner) == tmp_path.resolve() / "a" / "b" / NAME
    assert find(tmp_path / "a") == tmp_path.resolve() / NAME


def test_no_file_upwards_is_none(tmp_path: Path) -> None:
    assert find(tmp_path) is None


def test_a_broken_link_of_that_name_is_found_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / NAME).symlink_to(tmp_path / "gone")
    assert find(tmp_path) == tmp_path.resolve() / NAME


def test_the_shipped_schemas_are_those_of_the_folder() -> None:
    names = package_data.schema_names()
    files = sorted(path.name for path in (ROOT / "schemas").glob("*.json"))
    assert [f"{name}.schema.json" for name in names] == files
    assert "config" in names
    for file in files:
        assert json.loads(package_data.read(f"schemas/{file}"))


def test_a_resource_that_was_not_shipped_is_our_bug() -> None:
    with pytest.raises(InternalError, match=r"the resource schemas/none\.json was not shipped"):
        package_data.read("schemas/none.json")


@pytest.mark.parametrize("folder", ["transformer/schemas", "schemas"])
def test_resources_are_read_from_inside_a_zip(folder: str, tmp_path: Path) -> None:
    archive = tmp_path / "tool.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        code = "transformer/config/package_data.py"
        opened.write(ROOT / code, code)
        opened.writestr(f"{folder}/b.schema.json", "{}")
        opened.writestr(f"{folder}/a.schema.json", "[]")
        opened.writestr(f"{folder}/deeper/c.schema.json", "[]")
        opened.writestr(f"{folder}/README.md", "")
        opened.writestr("transformer/kubernetes/components.json", "[1]")
    importer = zipimport.zipimporter(str(archive / "transformer" / "config"))
    spec = importer.find_spec("package_data")
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    importer.exec_module(module)
    assert module.schema_names() == ("a", "b")
    assert module.read("schemas/a.schema.json") == b"[]"
    assert module.read("kubernetes/components.json") == b"[1]"
    with pytest.raises(InternalError):
        module.read("kubernetes/none.json")


def test_a_file_that_is_no_configuration_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(SettingsError, match="larger than 1048576 bytes") as caught:
        load(path)
    assert caught.value.file == str(path)

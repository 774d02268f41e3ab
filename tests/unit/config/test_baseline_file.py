"""A baseline survives being written and read."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from transformer.config.baseline_file import load, render
from transformer.pipeline.baseline import Key, Known

_words = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="/"), min_size=1
)
_keys = st.one_of(
    st.builds(
        Key,
        cluster=st.sampled_from(["", "prod"]),
        rule=st.sampled_from(["HN401", "HN405"]),
        severity=st.sampled_from(["", "warning"]),
        object=st.builds("{}/{}".format, _words, _words),
        file=st.just(""),
        pointer=st.sampled_from(["", "/spec/a~1b: {c", "/spec/*/b"]),
        related=st.sampled_from(["", "NodePool/a"]),
    ),
    _words.map(lambda file: Key("", "HN903", "info", "", file, "", "")),
)


@given(st.dictionaries(_keys, st.integers(1, 9), max_size=5))
def test_what_is_read_is_what_was_written(tmp_path_factory: object, known: Known) -> None:
    path = Path(tmp_path_factory.getbasetemp(), "known.yaml")  # type: ignore[attr-defined]
    path.write_text("".join(render(known)), "utf-8")
    assert load(path) == known


def test_each_entry_is_a_line_and_they_are_sorted() -> None:
    keys = [Key("", "HN401", "", f"Pod/{name}", "", "", "") for name in "cab"]
    lines = list(render(dict.fromkeys(keys, 1)))
    assert [line for line in lines if line.startswith("- ")] == [
        f"- {{rule: HN401, object: Pod/{name}}}\n" for name in "abc"
    ]

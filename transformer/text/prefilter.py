"""Whether a document can matter to the transform: a test of its raw bytes, before any parsing.

If `may_match` returns False, no enabled rule could act on anything in the parsed document. True
promises nothing. The test searches for words. YAML and JSON can contain a word that their bytes do
not show in these ways:

- escapes in double-quoted text, including escaped line breaks: the search reads the raw bytes and,
  if there are such escapes, an unescaped copy as well;
- `!!binary`, also under another handle or with a percent-encoded tag: such a document matters;
- UTF-16 and UTF-32, which write an ASCII character with NUL bytes: a NUL byte matters.

Aliases and merge keys hide no word, because what they repeat is in the same document. Nor do folded
lines, because folding puts a blank between two lines and no word has one.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from transformer.regexes import regex

_EXCLUDE_KEY = b"exclude-host-network-pool"
_OWN_KEYS = b"transform.hostnet.io"
_POOL_GROUP = b"apps.openyurt.io"
_POD_SECURITY = b"pod-security.kubernetes.io/enforce"

_WORD = regex(r"[0-9A-Za-z._/-]+")
"""Names that the search finds: `_ESCAPE` knows every escape of these characters."""

_BLANK = regex(
    rb"(?>(?:[ \t\r\n]++|#[^\r\n]*+|(?:---|\.\.\.)(?=[ \t\r\n]|\Z)|%(?:YAML|TAG)[ \t][^\r\n]*+"
    rb"|\xef\xbb\xbf)*)\Z"
)

_TAG = b"%TAG"
_HIDING_TAG = regex(rb"![^ \t\r\n!]*(?:binary|%[0-9A-Fa-f]{2})")

_ESCAPE_TEXT = rb"""\\(?:
    (?: x | u00 | U000000 )
    (?P<code> 2[d-fD-F] | 3[0-9] | [46][1-9a-fA-F] | 5[0-9aAfF] | 7[0-9aA] )
  | (?P<slash> / )
  | (?: \r\n | \r | \n | \xc2\x85 | \xe2\x80[\xa8\xa9] ) [ \t]*+
)"""
_ESCAPE = regex(_ESCAPE_TEXT, re.VERBOSE)
_BACKSLASH_OR_ESCAPE = regex(rb"(?P<pairs> (?:\\\\){1,999} ) |" + _ESCAPE_TEXT, re.VERBOSE)

_SCALAR_ENDS = rb"""(?:
    [ \t]*+ (?: [\r\n"',:?\[\]{}\\\x80-\xff] | \Z )
  | [ \t]++ \#
)"""
_ANY_KIND = regex(rb"Node(?:Pool)?(?:List)?" + _SCALAR_ENDS, re.VERBOSE)
_POOL_KIND = regex(rb"NodePool(?:List)?" + _SCALAR_ENDS, re.VERBOSE)
_COMPARED_KIND = regex(rb"(?:Node(?:Pool)?|Pod|Job)(?:List)?" + _SCALAR_ENDS, re.VERBOSE)

_BEFORE_SCALAR = b"\r\n\"'\\:,-?[{"
_LONG = 16 * 1024

_REACH = 256
"""The bytes to read before a kind; if they are not enough, the document matters."""


class Prefilter(NamedTuple):
    """What the enabled rules need, as words in bytes."""

    words: tuple[bytes, ...]
    """Each word alone makes a document matter."""

    template_words: tuple[bytes, ...]
    """Each word makes a document matter that also has the word `containers`."""

    kinds: re.Pattern[bytes]
    """Matches the kinds that make a document matter, and what follows them."""


def prefilter_for(
    component_names: Iterable[str], *, nodes: bool, cni: bool, all_templates: bool
) -> Prefilter:
    """Return the prefilter for the enabled rules.

    `nodes`: a rule edits Nodes. `cni`: components of the catalog matter; the manifest of each has
    one of `component_names`. `all_templates`: a rule may edit any pod template. The exclude
    annotation and NodePools always matter, because rules report on them. A component name with
    other characters than `_WORD` cannot be found, and makes all templates matter.
    """
    names = tuple(component_names) if cni else ()
    all_templates = all_templates or not all(map(_WORD.fullmatch, names))
    words = [_EXCLUDE_KEY] + [_OWN_KEYS] * cni + [b"containers"] * all_templates
    template_words = () if all_templates else tuple(name.encode() for name in names)
    return Prefilter(tuple(words), template_words, _ANY_KIND if nodes else _POOL_KIND)


def may_match(prefilter: Prefilter, data: bytes) -> bool:
    """Whether the document in `data` could contain something that the transform acts on."""
    if _hides_words(data):
        return True
    texts = _readings(data)
    if _holds(texts, *prefilter.words):
        return True
    if prefilter.template_words and _holds(texts, b"containers"):
        words = prefilter.template_words
        is_long = len(data) > _LONG  # the pattern takes a while to make
        if any(map(_any_word(words).search, texts)) if is_long else _holds(texts, *words):
            return True
    return _holds_kind(texts, prefilter.kinds)


@cache
def _any_word(words: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """Return a pattern that finds any of `words`."""
    return re.compile(any_of(frozenset(words)))


def any_of(words: frozenset[bytes]) -> bytes:
    """Return a regular expression that finds any of `words`, with each common beginning once."""
    if b"" in words:
        return b""
    rests: dict[bytes, set[bytes]] = {}
    for word in words:
        rests.setdefault(word[:1], set()).add(word[1:])
    found = [re.escape(first) + any_of(frozenset(rest)) for first, rest in sorted(rests.items())]
    return b"(?:%b)" % b"|".join(found) if len(found) > 1 else b"".join(found)


def mentions_pool(data: bytes) -> bool:
    """Whether the document in `data` could contain a NodePool of OpenYurt."""
    if _hides_words(data):
        return True
    texts = _readings(data)
    return _holds(texts, _POOL_GROUP) and _holds_kind(texts, _POOL_KIND)


def mentions_node(data: bytes) -> bool:
    """Whether the document in `data` could contain a Node or a NodePool."""
    return _hides_words(data) or _holds_kind(_readings(data), _ANY_KIND)


def mentions_compared(data: bytes) -> bool:
    """Whether `data` could contain an object that is compared with the old state."""
    return _hides_words(data) or _holds_kind(_readings(data), _COMPARED_KIND)


def mentions_local_service(data: bytes) -> bool:
    """Whether `data` could contain a Service with a `Local` traffic policy."""
    if _hides_words(data):
        return True
    texts = _readings(data)
    return _holds(texts, b"TrafficPolicy") and _holds(texts, b"Local")


def mentions_pod_security(data: bytes) -> bool:
    """Whether `data` could contain a Namespace that enforces a level of Pod Security."""
    return _hides_words(data) or _holds(_readings(data), _POD_SECURITY)


def with_collected(prefilter: Prefilter) -> Prefilter:
    """Return a prefilter for which what `mentions_node` and `mentions_pod_security` matters too."""
    words = (*prefilter.words, _POD_SECURITY)
    return prefilter._replace(words=words, kinds=_ANY_KIND)


def marks(prefilter: Prefilter, data: bytes) -> list[int]:
    """Return where in `data` something is that may make the document around it matter, sorted.

    `data` are whole documents, one below the other. Each of them that `may_match` has a mark, but
    what has one need not matter.
    """
    words, patterns = [*prefilter.words], [prefilter.kinds]
    if prefilter.template_words and b"containers" in data:
        distinct = b" ".join(set(data.split()))  # much less: most of a manifest repeats
        words += {*_any_word(prefilter.template_words).findall(distinct)}
    if b"\\" in data:
        patterns.append(_ESCAPE)
    if b"!" in data:
        words.append(_TAG)
        patterns.append(_HIDING_TAG)
    found = {at for word in (*words, b"\0") for at in _offsets(word, data)}
    found.update(match.start() for pattern in patterns for match in pattern.finditer(data))
    return sorted(found)


def _offsets(word: bytes, data: bytes) -> Iterator[int]:
    at = data.find(word)
    while at >= 0:
        yield at
        at = data.find(word, at + 1)


def _hides_words(data: bytes) -> bool:
    has_tag = b"!" in data and (_TAG in data or _HIDING_TAG.search(data) is not None)
    return has_tag or b"\0" in data


def _holds(texts: tuple[bytes, ...], *words: bytes) -> bool:
    for text in texts:  # much faster than any()
        for word in words:
            if word in text:
                return True
    return False


def _readings(data: bytes) -> tuple[bytes, ...]:
    """Return texts, at least one of which shows any given word of a scalar in `data`.

    The raw bytes show the words of all scalars that are not double-quoted. The copy is made from
    left to right and ignores quotes. It is still correct inside every double-quoted scalar: a match
    begins with a backslash, contains no quote and, unless it is a pair of backslashes, no other
    backslash. Therefore no match extends across the opening quote. Inside, pairs are removed from
    the begin of a run of backslashes, as a parser does, so that no match consumes the backslash of
    a real escape. Outside of such scalars the copy may lose a word, which the raw bytes show.
    """
    if b"\\" in data and _ESCAPE.search(data):
        return data, _BACKSLASH_OR_ESCAPE.sub(_unescape, data)
    return (data,)


def _unescape(found: re.Match[bytes]) -> bytes:
    if code := found["code"]:
        return bytes((int(code, 16),))
    return found["slash"] or found["pairs"] or b""


def _holds_kind(texts: tuple[bytes, ...], kinds: re.Pattern[bytes]) -> bool:
    """Whether one of `kinds` is where a whole scalar can be, and `kind` is anywhere."""
    whole = any(
        _may_begin_scalar(text, found.start()) for text in texts for found in kinds.finditer(text)
    )
    return whole and _holds(texts, b"kind")


def _may_begin_scalar(text: bytes, at: int) -> bool:
    """Whether a scalar can begin at `at`: after an indicator, a break, a tag or an anchor."""
    nearest = text[at - 1 : at]
    if nearest not in b" \t\r\n\"'\\:,[{" and nearest < b"\x80":
        return False
    before = text[max(at - _REACH, 0) : at].rstrip(b" \t")
    if not before or before[-1] in _BEFORE_SCALAR or before[-1] >= 0x80:
        return True
    token = before.split()[-1]
    return b"&" in token or b"!" in token or len(token) == len(before)


def is_blank(data: bytes) -> bool:
    """Whether a document has only white space, comments, markers and directives."""
    if data[:64].lstrip(b"- \t\r\n")[:1].isalpha():  # true of nearly all manifests
        return False
    return _BLANK.match(data) is not None

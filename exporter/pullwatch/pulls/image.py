"""Image references: what a pod wrote, and what it means.

The grammar is that of github.com/distribution/reference (domain, path, tag, digest), the defaults are those of the
container runtimes (docker.io, library/, latest). Nothing here asks a registry.
"""

from __future__ import annotations

import functools
import re
import sys

import msgspec

INVALID = "_invalid"
"""Stands for a reference that does not parse, where a metric needs a text."""

REDACTED = "(redacted)"
"""Stands for a reference that carries a user or password."""

MAX_REFERENCE = 1024
"""Characters looked at: a name of 255, a tag of 128 and a digest fit several times."""

DEFAULT_REGISTRY = "docker.io"
_DOCKER_ALIASES = frozenset({"index.docker.io", "registry-1.docker.io", "docker.io"})
_SCHEMES = ("docker-pullable://", "docker://", "containerd://", "cri-o://")

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?\Z")
_COMPONENT = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*\Z")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}\Z")
_FULL_DIGEST = re.compile(r"sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})\Z")
_BARE_ID = re.compile(r"(?:sha256:)?([0-9a-f]{64})\Z")


class Image(msgspec.Struct, frozen=True, gc=False):
    """A reference as written, and its parts; all parts of one that does not parse are None."""

    as_written: str
    canonical: str | None = None
    registry: str | None = None
    repository: str | None = None
    tag: str | None = None
    digest: str | None = None

    def __hash__(self) -> int:
        # All parts follow from the text, and a str knows its hash: this is three times as fast.
        return hash(self.as_written)

    @property
    def registry_label(self) -> str:
        return self.registry or INVALID

    @property
    def repository_labels(self) -> tuple[str, str]:
        return self.registry or INVALID, self.repository or INVALID

    @property
    def label(self) -> str:
        return self.canonical or INVALID


def parse(text: str) -> Image:
    """Return the parts of a reference. Never raises: one outside the grammar has no parts.

    A reference with a user or password is not valid in the grammar, and its text is not kept.
    """
    # What nobody could pull is not worth a place in the cache, which it would fill with text.
    return _parsed(text) if len(text) <= MAX_REFERENCE else _parse(text)


def is_digest(text: str) -> bool:
    """Tell whether a text is a digest of sha256 or sha512 in full, in small letters."""
    return bool(_FULL_DIGEST.match(text))


def _parse(text: str) -> Image:
    reference = _without_scheme(text)
    if _has_userinfo(reference):
        return Image(REDACTED)
    if len(reference) > MAX_REFERENCE:
        return Image(text)
    bare = _BARE_ID.match(reference)
    if bare:
        digest = f"sha256:{bare[1]}"
        return Image(text, canonical=digest, digest=digest)
    return _named(text, reference) or Image(text)


def redact(text: str) -> str:
    """Return a text from the cluster with users and passwords taken out of its references and URLs.

    A pod may write any text as its image, so a password may hold blanks, quotes and slashes: what is quoted is one
    reference, elsewhere a word is one, and all before its last `@` goes, unless that begins a digest.
    """
    if "@" not in text:
        return text
    text = _QUOTED.sub(lambda quoted: f'"{_redact_reference(quoted[1])}{quoted[2]}', text)
    return "".join(_redact_reference(word) for word in _WORDS.split(text))


_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)("|\Z)', re.DOTALL)
_WORDS = re.compile(r"""([\s"]+)""")
_SCHEME = re.compile(r"[(\['<]?(?:[a-z]{1,20}=)?(?:https?|oci|docker|docker-pullable)://")
_LAST_DIGEST = re.compile(r"@(?:sha256:[0-9A-Za-z]*|[A-Za-z][0-9A-Za-z+._-]*:[0-9A-Fa-f]{32,})[^0-9A-Za-z/@]*\Z")


def _redact_reference(text: str) -> str:
    digest = _LAST_DIGEST.search(text)
    named = text[: digest.start()] if digest else text
    userinfo, at, rest = named.rpartition("@")
    if not at or not userinfo:
        return text
    scheme = _SCHEME.match(named)
    return f"{scheme[0] if scheme else ''}{REDACTED}@{rest}{digest[0] if digest else ''}"


def _without_scheme(text: str) -> str:
    for scheme in _SCHEMES:
        if text.startswith(scheme):
            return text[len(scheme) :]
    return text


def _has_userinfo(reference: str) -> bool:
    """Whether something before an `@` is a user: what follows the last `@` of a valid reference is a digest."""
    if "@" not in reference:
        return False
    head, _, digest = reference.rpartition("@")
    if not _DIGEST.match(digest):
        # `name@sha256:cut` is a broken digest and holds no secret; a host after the `@` means userinfo before it.
        return not digest.startswith("sha256:") or "/" in digest or "@" in head
    return "@" in head


def _named(text: str, reference: str) -> Image | None:
    name, has_digest, digest = reference.partition("@")
    if has_digest and not _valid_digest(digest):
        return None
    name, tag = _split_tag(name)
    registry, repository = _split_domain(name)
    if (tag is not None and not _TAG.match(tag)) or not _valid_name(registry, repository):
        return None
    if tag is None and not digest:
        tag = "latest"
    canonical = f"{registry}/{repository}" + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
    # Tens of thousands of images come from some hundred repositories, and most are written in full.
    registry, repository = sys.intern(registry), sys.intern(repository)
    return Image(text, text if text == canonical else canonical, registry, repository, tag, digest or None)


# One object for each image wherever it is kept, and room for all of which a size is known.
_parsed = functools.lru_cache(maxsize=32768)(_parse)


def _split_tag(name: str) -> tuple[str, str | None]:
    """Split at the last colon, unless that colon belongs to the domain's port."""
    head, colon, tail = name.rpartition(":")
    if not colon or "/" in tail:
        return name, None
    return head, tail


def _split_domain(name: str) -> tuple[str, str]:
    """Return domain and path with the runtimes' defaults: only a first part that looks like a host is one."""
    first, slash, rest = name.partition("/")
    if not slash or not (any(mark in first for mark in ".:[") or first == "localhost" or first != first.lower()):
        first, rest = DEFAULT_REGISTRY, name
    if first in _DOCKER_ALIASES:
        first = DEFAULT_REGISTRY
        rest = rest if "/" in rest else f"library/{rest}"
    return first, rest


def _valid_name(registry: str, repository: str) -> bool:
    if len(registry) + 1 + len(repository) > 255 or not _DOMAIN.match(registry):
        return False
    return all(_COMPONENT.match(component) for component in repository.split("/"))


def _valid_digest(digest: str) -> bool:
    algorithm, _, encoded = digest.partition(":")
    lengths = {"sha256": 64, "sha384": 96, "sha512": 128}
    return bool(_DIGEST.match(digest)) and len(encoded) == lengths.get(algorithm, len(encoded))

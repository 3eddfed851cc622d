"""Image references."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullwatch.pulls import image
from pullwatch.pulls.image import Image
from tests.recorded import RECORDINGS

HEX = "0123456789abcdef" * 4
DIGEST = f"sha256:{HEX}"


@pytest.mark.parametrize(
    ("text", "canonical", "registry", "repository", "tag", "digest"),
    [
        ("nginx", "docker.io/library/nginx:latest", "docker.io", "library/nginx", "latest", None),
        ("nginx:1.27", "docker.io/library/nginx:1.27", "docker.io", "library/nginx", "1.27", None),
        ("bitnami/redis", "docker.io/bitnami/redis:latest", "docker.io", "bitnami/redis", "latest", None),
        ("index.docker.io/nginx", "docker.io/library/nginx:latest", "docker.io", "library/nginx", "latest", None),
        ("localhost/a", "localhost/a:latest", "localhost", "a", "latest", None),
        ("localhost:5000/a/b:1", "localhost:5000/a/b:1", "localhost:5000", "a/b", "1", None),
        ("[2001:db8::1]:5000/a:1", "[2001:db8::1]:5000/a:1", "[2001:db8::1]:5000", "a", "1", None),
        ("reg.example/a__b/c-d.e:v1_2", "reg.example/a__b/c-d.e:v1_2", "reg.example", "a__b/c-d.e", "v1_2", None),
        (f"reg.example/a@{DIGEST}", f"reg.example/a@{DIGEST}", "reg.example", "a", None, DIGEST),
        (f"a:1@{DIGEST}", f"docker.io/library/a:1@{DIGEST}", "docker.io", "library/a", "1", DIGEST),
        (f"docker-pullable://a@{DIGEST}", f"docker.io/library/a@{DIGEST}", "docker.io", "library/a", None, DIGEST),
        (DIGEST, DIGEST, None, None, None, DIGEST),
        (HEX, DIGEST, None, None, None, DIGEST),
    ],
)
def test_it_finds_the_parts(
    text: str, canonical: str, registry: str | None, repository: str | None, tag: str | None, digest: str | None
) -> None:
    """Short names, ports, IPv6, digests and ids come apart as the runtimes take them."""
    assert image.parse(text) == Image(text, canonical, registry, repository, tag, digest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "a:",
        "a//b",
        "/a",
        "a/",
        "reg.example/A",
        "a b",
        "a\nb",
        "-a",
        f"a@sha256:{HEX[:-1]}",
        "a:" + "t" * 129,
        "x" * 300,
        "reg.example:port/a",
    ],
)
def test_a_broken_reference_has_no_parts(text: str) -> None:
    """What does not parse never makes a new registry."""
    parsed = image.parse(text)

    assert parsed == Image(text)
    assert (parsed.repository_labels, parsed.registry_label, parsed.label) == (("_invalid", "_invalid"), "_invalid", "_invalid")


@pytest.mark.parametrize(
    "text",
    [
        "user:secret@reg.example/a:1",
        "user@reg.example/a",
        "https://user:secret@reg.example/a",
        "user:secret@sha256:5000/a",
        f"user:secret@reg.example/a@{DIGEST}",
    ],
)
def test_a_password_is_never_kept(text: str) -> None:
    """A reference with a user or password loses its text."""
    assert image.parse(text) == Image(image.REDACTED)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('Pulling image "user:secret@reg.example/a:1"', 'Pulling image "(redacted)@reg.example/a:1"'),
        ('Head "https://u:p@reg.example/v2/": EOF', 'Head "https://(redacted)@reg.example/v2/": EOF'),
        ("Get https://token@reg.example/v2/: EOF", "Get https://(redacted)@reg.example/v2/: EOF"),
        (f'Pulling image "a:1@{DIGEST}"', f'Pulling image "a:1@{DIGEST}"'),
        (f'Pulling image "docker-pullable://a@{DIGEST}".', f'Pulling image "docker-pullable://a@{DIGEST}".'),
        ("no at sign", "no at sign"),
        ('Pulling image "user:se/cret@reg.example/a:1"', 'Pulling image "(redacted)@reg.example/a:1"'),
        ('Pulling image "user:se cr\\"et\'<@reg.example/a:1"', 'Pulling image "(redacted)@reg.example/a:1"'),
        ('Pulling image "user:cut in the mid@dle', 'Pulling image "(redacted)@dle'),
        (f'Pulling image "user:secret@reg.example/a@{DIGEST}"', f'Pulling image "(redacted)@reg.example/a@{DIGEST}"'),
        ("reading docker://user:se/cret@reg.example/a: EOF", "reading docker://(redacted)@reg.example/a: EOF"),
        ("reading a:1@sha256:cut: EOF", "reading a:1@sha256:cut: EOF"),
    ],
)
def test_a_text_loses_passwords_only(text: str, shown: str) -> None:
    """URLs and references in an error keep their host, digests stay whole."""
    assert image.redact(text) == shown


def test_it_reads_every_reference_of_the_recordings() -> None:
    """The parts are those that the runtime took."""
    for line in (RECORDINGS / "expected.jsonl").read_text().splitlines():
        row = json.loads(line)
        parsed = image.parse(row["image_as_written"])
        assert (parsed.canonical, parsed.registry, parsed.repository, parsed.tag, parsed.digest) == tuple(
            row[key] for key in ("image", "registry", "repository", "tag", "digest")
        )


@given(st.text(alphabet="aA0.:/@-_[]#sh256é\n ", max_size=80))
def test_it_never_raises(text: str) -> None:
    """Any text is a reference or has no parts, and redacting it is safe too."""
    parsed = image.parse(text)
    image.redact(text)

    assert (parsed.canonical is None) or parsed.digest or parsed.registry

"""Which hosts may be asked."""

from __future__ import annotations

import contextlib

import hypothesis
import pytest
from hypothesis import strategies as st

from pullwatch.sources.registry.challenge import Challenge, challenge
from pullwatch.sources.registry.policy import PolicyError, policy
from pullwatch.sources.registry.refused import RegistryError


def test_docker_has_other_names_on_the_wire() -> None:
    """Its registry, and the host of its tokens, are known; it is allowed by the name in images."""
    allowed = policy(["index.docker.io"])
    host = allowed.host("docker.io")

    assert str(host.url) == "https://registry-1.docker.io"
    assert str(allowed.auth_host(host, "https://auth.docker.io/token")[1]) == "https://auth.docker.io/token"
    with pytest.raises(RegistryError):
        allowed.auth_host(host, "https://auth.docker.io.evil.example/token")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_realm_without_tls_is_for_a_registry_without_tls(scheme: str) -> None:
    """Who asks a registry in the clear may ask so for its tokens."""
    hosts = ["reg.internal:5000"]
    allowed = policy((), private=hosts, plain_http=hosts, auth_hosts=["reg.internal:5000=auth.internal"])

    host, url = allowed.auth_host(allowed.host(hosts[0]), f"{scheme}://auth.internal/token")

    assert (host.private, host.plain_http, url.host) == (True, scheme == "http", "auth.internal")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"hosts": ["https://ghcr.io"]},
            "'https://ghcr.io' is no registry: write it as in images, such as ghcr.io or registry.internal:5000",
        ),
        ({"hosts": ["nginx"]}, "'nginx' is no registry: write it as in images, such as ghcr.io or registry.internal:5000"),
        ({"hosts": ["*.example"]}, "'*.example' is no registry: write it as in images, such as ghcr.io or registry.internal:5000"),
        ({"hosts": [""]}, "'' is no registry: write it as in images, such as ghcr.io or registry.internal:5000"),
        (
            {"hosts": ["a.b"], "plain_http": ["c.d"]},
            "c.d is to be asked without TLS, and is on no list of registries: name it with --host too",
        ),
        ({"hosts": ["a.b"], "auth_hosts": ["c.d"]}, "c.d is no auth host: write REGISTRY=HOST, with a registry that may be asked"),
        ({"hosts": ["a.b"], "auth_hosts": ["c.d=a.b"]}, "c.d=a.b is no auth host: write REGISTRY=HOST, with a registry that may be asked"),
    ],
)
def test_refuses_settings_that_name_no_host(given: dict[str, list[str]], says: str) -> None:
    """A misspelt host is told at the start, not silently never asked."""
    with pytest.raises(PolicyError) as refused:
        policy(**({"hosts": ()} | given))  # type: ignore[arg-type]  # the settings of a row

    assert str(refused.value) == says


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (['Bearer realm="https://a/t",service="s",scope="x:y:z"'], Challenge(True, "https://a/t", "s")),  # noqa: FBT003 - as below, of a challenge
        (["bearer REALM=https://a/t , service=s"], Challenge(True, "https://a/t", "s")),  # noqa: FBT003
        (['Basic realm="r"', 'Bearer realm="https://a/t"'], Challenge(True, "https://a/t", "")),  # noqa: FBT003
        (['Basic realm="r"'], Challenge(False)),  # noqa: FBT003
        (["Bearer"], Challenge(True)),  # noqa: FBT003
        (["Negotiate"], None),
        ([], None),
        (["Bearer " + "a" * 1_000_000], Challenge(True)),  # noqa: FBT003
        (["Bearer " + 'realm="' * 100_000], Challenge(True, "", "")),  # noqa: FBT003
    ],
)
def test_reads_challenges(headers: list[str], expected: Challenge | None) -> None:
    """A token goes before a password; a header without end costs no time."""
    found = challenge(headers)

    if found is not None and expected is not None and len(headers[0]) > 4096:
        assert found.bearer
    else:
        assert found == expected


def test_nobody_leads_into_a_private_network() -> None:
    """A registry outside of it leads to no other one inside of it; the names on the wire are known in this direction, too."""
    allowed = policy(["ghcr.io", "docker.io"], private=["reg.internal"])
    outside, inside = allowed.host("ghcr.io"), allowed.host("reg.internal")

    assert allowed.manifest_host(outside, "https://registry-1.docker.io/v2/x")[0] == allowed.host("docker.io")
    assert allowed.manifest_host(inside, "https://ghcr.io/v2/x")[0] == outside
    with pytest.raises(RegistryError, match="into a private network"):
        allowed.manifest_host(outside, "https://reg.internal/v2/x")


HOSTS = ["ghcr.io", "auth.example", "evil.example", "169.254.169.254", "[::1]", "ghcr.io.evil.example", "ghcr.io@evil.example"]
LOCATIONS = st.one_of(
    st.text(max_size=60),
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(["", "http:", "https:", "HTTPS:", "ftp:", "\t", "\\"]),
            st.sampled_from(["", "/", "//", "///", "\\\\"]),
            st.sampled_from(["", "user@", "user:password@", "@", "%40"]),
            st.sampled_from(HOSTS),
            st.sampled_from(["", ":", ":443", ":80", ":99999", ":x", "%00", "."]),
            st.sampled_from(["", "/token", "/../..", "?a=b", "#c", "/%2f%2fevil.example"]),
        ),
    ),
)


@hypothesis.given(LOCATIONS)
@hypothesis.example("HTTPS://GHCR.IO.")
def test_no_text_leads_to_a_host_that_is_not_listed(text: str) -> None:
    """Whatever a registry writes as realm or location is refused, or is one of the hosts that settings name, with TLS and no user."""
    allowed = policy(["ghcr.io"], auth_hosts=["ghcr.io=auth.example"], blob_hosts=["auth.example"])
    registry = allowed.host("ghcr.io")
    for lead in (allowed.auth_host, allowed.blob_host, allowed.manifest_host):
        with contextlib.suppress(RegistryError):
            host, url = lead(registry, text)
            assert url.host in {"ghcr.io", "auth.example"}
            assert (url.scheme, url.user, url.password, url.port) == ("https", None, None, 443)
            assert host.name == url.host


@hypothesis.given(st.lists(st.text(max_size=200), max_size=3))
def test_any_header_is_read(headers: list[str]) -> None:
    """A challenge is one, or none."""
    found = challenge(headers)

    assert found is None or len(found.realm) <= 2048

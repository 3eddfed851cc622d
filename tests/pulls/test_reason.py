"""Error texts and their reasons."""

from __future__ import annotations

import pytest

from pullwatch.pulls import reason
from pullwatch.pulls.pull import Reason

PULL = 'failed to pull and unpack image "r.example/a:1": '
RESOLVE = PULL + "failed to resolve image: "

ERRORS = [
    ("pull QPS exceeded", Reason.KUBELET_QPS),
    (RESOLVE + "r.example/a:1: not found", Reason.NOT_FOUND),
    ("rpc error: code = NotFound desc = " + RESOLVE + "r.example/a:1: not found", Reason.NOT_FOUND),
    ("Error response from daemon: manifest for a/timeout:1 not found: manifest unknown: manifest unknown", Reason.NOT_FOUND),
    ("initializing source docker://r.example/a:1: reading manifest 1 in r.example/a: manifest unknown", Reason.NOT_FOUND),
    (
        RESOLVE + "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope",
        Reason.AUTH,
    ),
    (RESOLVE + "unexpected status from HEAD request to https://r.example/v2/a/manifests/1: 403 Forbidden", Reason.AUTH),
    (
        RESOLVE + "failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://r: 401 Unauthorized",
        Reason.AUTH,
    ),
    ("unable to retrieve auth token: invalid username/password: unauthorized: authentication required", Reason.AUTH),
    (RESOLVE + "unexpected status from HEAD request to https://r.example/v2/a/manifests/1: 429 Too Many Requests", Reason.RATE_LIMITED),
    ("Error response from daemon: toomanyrequests: You have reached your pull rate limit.", Reason.RATE_LIMITED),
    (
        RESOLVE
        + "failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://r: 429 Too Many Requests",
        Reason.RATE_LIMITED,
    ),
    (RESOLVE + 'failed to do request: Head "https://r": dial tcp: lookup timeout.example on 10.0.0.10:53: no such host', Reason.DNS),
    (
        RESOLVE
        + 'failed to do request: Head "https://r": dial tcp: lookup r on 10.0.0.10:53: read udp 1.2.3.4:5->10.0.0.10:53: i/o timeout',
        Reason.DNS,
    ),
    (RESOLVE + 'failed to do request: Head "https://r": dial tcp 1.2.3.4:443: connect: connection refused', Reason.CONNECT),
    (RESOLVE + 'failed to do request: Head "https://r": EOF', Reason.CONNECT),
    (PULL + "failed to copy: read tcp 1.2.3.4:5->6.7.8.9:443: read: connection reset by peer", Reason.CONNECT),
    (RESOLVE + 'failed to do request: Head "https://r": dial tcp 1.2.3.4:443: i/o timeout', Reason.TIMEOUT),
    (RESOLVE + 'failed to do request: Head "https://r": net/http: TLS handshake timeout', Reason.TIMEOUT),
    (
        "Get https://r/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
        Reason.TIMEOUT,
    ),
    ("rpc error: code = DeadlineExceeded desc = " + PULL + "context deadline exceeded", Reason.TIMEOUT),
    (
        RESOLVE
        + 'failed to do request: Head "https://r": tls: failed to verify certificate: x509: certificate signed by unknown authority',
        Reason.TLS,
    ),
    (RESOLVE + 'failed to do request: Head "https://r": http: server gave HTTP response to HTTPS client', Reason.TLS),
    (RESOLVE + "unexpected status from HEAD request to https://r.example/v2/a/manifests/1: 503 Service Unavailable", Reason.SERVER_ERROR),
    (PULL + "failed to extract layer sha256:ab: write /var/lib/containerd/x: no space left on device: unknown", Reason.DISK_FULL),
    (
        "rpc error: code = NotFound desc = get image config descriptor: no match for platform in manifest sha256:ab: not found",
        Reason.PLATFORM,
    ),
    ('choosing image instance: no image found in manifest list for architecture "arm64", OS "linux"', Reason.PLATFORM),
    (
        PULL + 'failed commit on ref "layer-sha256:ab": unexpected commit digest sha256:cd, expected sha256:ab: failed precondition',
        Reason.DIGEST_MISMATCH,
    ),
    (RESOLVE + "unexpected media type text/html for sha256:ab: not found", Reason.BAD_CONTENT),
    (PULL + "invalid character '<' looking for beginning of value", Reason.BAD_CONTENT),
    (
        PULL + 'media type "application/vnd.docker.distribution.manifest.v1+prettyjws" is no longer supported: not implemented',
        Reason.UNSUPPORTED_FORMAT,
    ),
    (PULL + "failed to extract layer sha256:ab: archive/tar: invalid tar header: unknown", Reason.UNPACK),
    ("rpc error: code = Unavailable desc = error reading from server: EOF", Reason.RUNTIME),
    (
        'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/c.sock: connect: connection refused"',
        Reason.RUNTIME,
    ),
    ("rpc error: code = Canceled desc = " + PULL + "context canceled", Reason.CANCELLED),
    (PULL + "failed to copy: httpReadSeeker: failed open: failed to do request: context canceled", Reason.CANCELLED),
    ("SignatureValidationFailed: image r.example/a:1 rejected", Reason.POLICY),
    (
        PULL + 'failed commit on ref "layer-sha256:ab": "layer-sha256:ab" failed size validation: 500 != 600: failed precondition',
        Reason.BAD_CONTENT,
    ),
    (PULL + "encountered unknown type text/html; children may not be fetched", Reason.BAD_CONTENT),
    ("rpc error: code = Unknown desc = Cannot connect to the Docker daemon at unix:///var/run/docker.sock.", Reason.RUNTIME),
    ("rpc error: code = Unimplemented desc = unknown service runtime.v1.ImageService", Reason.RUNTIME),
    ("filesystem layer verification failed for digest sha256:ab", Reason.DIGEST_MISMATCH),
    (
        'writing blob: adding layer with blob "sha256:ab"/""/"sha256:cd": unpacking failed (error: exit status 1; output: write /a: no space left on device)',
        Reason.DISK_FULL,
    ),
    ("copying blob sha256:ab: happened during read: Connection reset by peer", Reason.CONNECT),
    ('reading blob sha256:ab: fetching blob: StatusCode: 404, ""', Reason.NOT_FOUND),
    ("pinging container registry r.example: StatusCode: 503", Reason.SERVER_ERROR),
    ("Error response from daemon: invalid reference format: repository name must be lowercase", Reason.INVALID_NAME),
    ("something new", Reason.UNKNOWN),
    ("", Reason.UNKNOWN),
]


@pytest.mark.parametrize(("error", "expected"), ERRORS)
def test_it_names_the_error(error: str, expected: Reason) -> None:
    """Each known text of the kubelet, containerd, CRI-O and the Docker Engine has its reason."""
    assert reason.of_error(error) is expected


@pytest.mark.parametrize(
    "name",
    [
        "r.example/timeout:1",
        "r.example/x509/no-such-host:429",
        "r.example/no/space/left:1",
        "toomanyrequests.example/a:1",
        "r.example/a:500",
    ],
)
def test_words_inside_names_do_not_count(name: str) -> None:
    """The same error has the same reason whatever the image, the host and the path are called."""
    host, _, path = name.partition("/")
    texts = [
        f'failed to pull and unpack image "{name}": failed to resolve image: {name}: not found',
        f'failed to pull and unpack image "{name}": unexpected status from HEAD request to https://{host}/v2/{path}?ns=x: 404 Not Found',
    ]

    assert [reason.of_error(text, image=name) for text in texts] == [Reason.NOT_FOUND] * 2


def test_a_path_with_an_error_in_its_name_does_not_count() -> None:
    """A folder may be called like an error; only the end of the link tells."""
    text = "open /data/no space left on device/x: permission denied"

    assert reason.of_error(text) is Reason.UNKNOWN

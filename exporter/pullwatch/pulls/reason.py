"""Why a pull failed: error texts of the runtimes and the kubelet, named by a small vocabulary.

An error is a chain `outer: inner: innermost`. It is cut into its links, links that are names (quoted strings, URLs,
references, paths) are dropped, and an ordered table is matched at the beginning of each remaining link, so that a word
inside a name never counts. The first row of the table that matches any link wins: rows go from the specific to the
general.
"""

from __future__ import annotations

import re

from pullwatch.pulls.pull import Reason

MAX_ERROR = 4096
"""Characters of an error that are looked at."""

TABLE: tuple[tuple[Reason, str], ...] = (
    # The kubelet's own words.
    (Reason.KUBELET_QPS, r"pull QPS exceeded"),
    (Reason.INVALID_NAME, r"invalid reference format"),
    (Reason.POLICY, r"SignatureValidationFailed|Source image rejected|image signature validation failed|signature verification failed"),
    # The node.
    (Reason.DISK_FULL, r"[Nn]o space left on device\)?\Z|[Dd]isk quota exceeded\Z"),
    (Reason.RUNTIME, r"error reading from server|connection error|transport is closing|failed to (?:create|get) lease|"
                     r"Cannot connect to the Docker daemon|unknown service runtime"),
    # What came is not what was asked for.
    (Reason.PLATFORM, r"no match for platform|get image config descriptor|no matching manifest for|choosing image instance|"
                      r"no image found in (?:manifest list|image index)"),
    (Reason.DIGEST_MISMATCH, r"unexpected commit digest|failed digest verification|filesystem layer verification failed|"
                             r"(?:manifest|blob|layer|content) digest mismatch|"
                             r"[Dd]igest (?:did|does) not match"),
    (Reason.BAD_CONTENT, r"unexpected media type (?:text/|application/json)|not found \((?:text/|application/json)|invalid character|"
                         r"unexpected end of JSON|(?:_ )?failed size validation|encountered unknown type text/|"
                         r"unexpected commit size|json|unexpected content|failed to decode|"
                         r"cannot unmarshal|failed to unmarshal|error unmarshalling|manifest invalid"),
    (Reason.UNSUPPORTED_FORMAT, r"(?:unexpected )?media ?[tT]ype|unsupported (?:MIME type|manifest|schema|image|media)|not implemented|"
                                r"encountered unknown type|schema ?(?:version )?1 "),
    (Reason.UNPACK, r"failed to (?:extract|apply|register) layer|apply layer error|invalid tar header|archive/tar|gzip\Z|"
                    r"magic number mismatch|mount callback failed|wrong diff id|failed to get stream processor|processing tar file"),
    # The way to the registry.
    (Reason.DNS, r"lookup |no such host|server misbehaving|[Tt]emporary failure in name resolution|name resolution"),
    (Reason.TLS, r"tls\Z|tls |x509|server gave HTTP response to HTTPS client|(?:bad )?certificate"),
    (Reason.TIMEOUT, r"i/o timeout|context deadline exceeded|code = DeadlineExceeded|TLS handshake timeout|timeout |"
                     r"request canceled|Client\.Timeout|(?:operation |connection )?timed out|timeout\Z"),
    (Reason.CONNECT, r"[Cc]onnection (?:refused|reset by peer|aborted)|happened during read|connect\Z|"
                     r"no route to host|network is unreachable|host is down|"
                     r"broken pipe|proxyconnect|use of closed network connection|server closed|http2|(?:unexpected )?EOF\Z"),
    # What the registry answered.
    (Reason.RATE_LIMITED, r"toomanyrequests|429(?: |\Z)|[Tt]oo [Mm]any [Rr]equests|rate limit|You have reached your"),
    (Reason.SERVER_ERROR, r"5[0-9][0-9](?: |\Z)|RegistryUnavailable|Internal Server Error|Bad Gateway|Service Unavailable|Gateway Timeout"),
    (Reason.AUTH, r"40[137](?: |\Z)|pull access denied|authorization failed|unauthorized|(?:access )?denied|no basic auth credentials|"
                  r"insufficient_scope|authentication required|requested access to the resource is denied|(?:invalid|incorrect) username|"
                  r"unable to retrieve auth token|(?:access )?forbidden|failed to authorize|failed to fetch (?:oauth|anonymous) token"),
    (Reason.NOT_FOUND, r"not found|manifest unknown|name unknown|blob unknown|404(?: |\Z)|(?:.* )?does not exist|repository name not known|"
                       r".* not found\Z|code = NotFound|short-name"),
    # What only the outer links tell.
    (Reason.RUNTIME, r"code = Unavailable"),
    (Reason.UNPACK, r"failed to unpack|failed to (?:mount|prepare)"),
    (Reason.STALLED, r"no progress|pull progress timeout|stalled|.* because of no progress"),
    (Reason.CANCELLED, r"context canceled|code = Canceled|operation was canceled"),
)  # fmt: skip
"""Reason and the alternatives a link begins with, most specific first."""

_COMPILED = tuple((reason, re.compile(alternatives)) for reason, alternatives in TABLE)

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')
_LINK = re.compile(r": |; |, | desc = |\n|\[|\]")
_PARTS_OF_A_NAME = ("/", "@", "sha256:")


def of_error(error: str, *, image: str = "") -> Reason:
    """Return the reason that an error text tells, `UNKNOWN` where the table has no row for it.

    `image` is the reference of the failed pull, so that its own text is not read as part of the error.
    """
    links = _links(error[:MAX_ERROR], image)
    for reason, pattern in _COMPILED:
        if any(pattern.match(link) for link in links):
            return reason
    return Reason.UNKNOWN


def _links(error: str, image: str) -> list[str]:
    """Cut the chain into links and leave out those that are names."""
    links = [link.strip() for link in _LINK.split(_QUOTED.sub("_", error))]
    return [link for link in links if link and link != image and not _is_name(link)]


def _is_name(link: str) -> bool:
    """Whether a link is one word that only a name can be: a URL, a reference or a path.

    `i/o timeout` has a blank, so it is not one.
    """
    return " " not in link and any(part in link for part in _PARTS_OF_A_NAME)

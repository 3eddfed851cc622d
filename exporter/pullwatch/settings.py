"""Every setting of every verb, in one typed tree.

A field is a flag (`--log-level`), an environment variable (`PULLWATCH_LOG_LEVEL`) and a key of the configuration file's
table for its verb (`[serve] log-level = "debug"`). The text under a field is its help, and docs/settings.md is generated
from it. Reading flags, variables and files is cyclopts' work.
"""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

ENVIRONMENT_PREFIX = "PULLWATCH_"

DEFAULT_PORT = 9436


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Cluster:
    """Which API server to read, and how much of it."""

    kubeconfig: Path | None = None
    """kubeconfig file. Without it: the service account of the pod this runs in, else $KUBECONFIG, else ~/.kube/config."""

    context: str | None = None
    """Context of the kubeconfig; its current one by default."""

    namespace: Annotated[tuple[str, ...], Parameter(show_default=False)] = ()
    """Read only this namespace; may be given more than once. All by default, which needs cluster-wide rights."""


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Log:
    """What is logged, and how."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severity that is logged."""

    log_format: Literal["auto", "json", "text"] = "auto"
    """json: an object per line for a log collector; text: for people. auto takes text at a terminal."""


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class QuietLog(Log):
    """The same beside a live view, which every line would scroll away."""

    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    """Least severity that is logged."""


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Agents:
    """Whether agents on the nodes may tell of layers and running pulls, and which."""

    agents: bool = False
    """Take reports of agents. Needs the right to create tokenreviews."""

    agents_audience: str = "pullwatch"
    """Audience that the agents' projected tokens are made for."""

    agents_account: str = "pullwatch-agent:pullwatch-agent"
    """NAMESPACE:NAME of the agents' service account; reports of others are refused."""


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Serve:
    """Watch a cluster and serve metrics, pages and JSON."""

    cluster: Cluster = dataclasses.field(default_factory=Cluster)

    listen: str = f"127.0.0.1:{DEFAULT_PORT}"
    """Address and port to serve on. Only this machine by default; in a pod 0.0.0.0:9436 lets Prometheus in."""

    checkpoint: Path | None = None
    """File, on a local disk, that keeps what was counted: a restart goes on from it and counts what it missed. Without it counters begin at 0."""

    agents: Agents = dataclasses.field(default_factory=Agents)

    log: Log = dataclasses.field(default_factory=Log)


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """What to report, and how to print it."""

    live: bool = False
    """Read the cluster itself instead of files."""

    output: Annotated[Literal["table", "json", "markdown", "html"], Parameter(alias="-o")] = "table"
    """table: for a terminal; json: schema 1; markdown: for an issue; html: one file with plots that works offline."""

    fail_on: Literal["slow"] | None = None
    """Exit with 1 if a pull was slow, by the limits of the alerts."""

    top: Annotated[int, Parameter(validator=Number(gte=1))] = 5
    """Lines of each table that is sorted by time. html shows at least 20."""

    cluster: Cluster = dataclasses.field(default_factory=Cluster)


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Play:
    """How a simulated cluster is played."""

    fast: bool = False
    """Play twenty times as fast."""

    listen: str = f"127.0.0.1:{DEFAULT_PORT}"
    """Address and port to serve metrics and pages on; port 0 takes a free one."""

    exit_at_end: bool = False
    """Stop when everything was played and notified of, instead of serving on until Ctrl-C."""

    log: QuietLog = dataclasses.field(default_factory=QuietLog)


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Render:
    """Where rules and dashboards go, and what they are made with."""

    out: Path = Path("build/pack")
    """Folder to write. It is replaced whole; one that holds other files is refused."""

    values: Path | None = None
    """YAML or JSON file with values for the alerts; the keys and their defaults stand in alerts/config.libsonnet."""

    set: Annotated[tuple[str, ...], Parameter(show_default=False)] = ()
    """One of these values, such as slowBaseSeconds=120 or criticalNamespaces=[payments]; wins over the file. May be given more than once."""

    rule_name: str = "pullwatch"
    """Name of the PrometheusRule."""

    rule_namespace: str | None = None
    """Namespace of the PrometheusRule; none by default, so that kubectl's own is taken."""

    rule_label: Annotated[tuple[str, ...], Parameter(show_default=False)] = ()
    """Label of the PrometheusRule that the ruleSelector of a Prometheus asks for, such as release=prometheus. May be given more than once."""


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Doctor:
    """Whom to ask, and how to print what is wrong."""

    prometheus: str | None = None
    """Address of the Prometheus that scrapes the exporter, such as http://127.0.0.1:9090; may hold a path, a user and a password."""

    output: Annotated[Literal["text", "json"], Parameter(alias="-o")] = "text"
    """text: for a terminal of 80 columns; json: for programs."""


class AccountError(ValueError):
    """The name of a service account is none; the text says what was expected."""


def account(text: str) -> str:
    """Return NAMESPACE:NAME of a service account. Raises AccountError."""
    namespace, colon, name = text.partition(":")
    if not colon or not all(map(re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\Z").match, (namespace, name))):
        raise AccountError(f"--agents-account {text!r} is not NAMESPACE:NAME, such as pullwatch-agent:pullwatch-agent")
    return text


class AddressError(ValueError):
    """A listen address is none; the text says what was expected."""


def address(listen: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT`, `:PORT` or `[IPv6]:PORT`. Raises AddressError."""
    host, colon, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdecimal() or int(port) > 65535:
        message = f"listen address {listen!r} is not HOST:PORT, such as 127.0.0.1:{DEFAULT_PORT} or [::]:{DEFAULT_PORT}"
        raise AddressError(message)
    return host or "0.0.0.0", int(port)  # noqa: S104 - an empty host asks for all addresses

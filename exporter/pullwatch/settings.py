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

DEFAULT_AGENT_PORT = 9437

DEFAULT_REGISTRY_PORT = 9438

DEFAULT_SERVER = f"http://127.0.0.1:{DEFAULT_PORT}"


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
class Kubelets:
    """Whether kubelets are asked how many pulls they counted, and how they are trusted."""

    kubelet_metrics: bool = False
    """Read each node's kubelet, too: it counts pulls that no Event tells of. Needs the right to get nodes/metrics (deploy/kubelet-metrics.yaml)."""

    kubelet_metrics_nodes: Annotated[int, Parameter(validator=Number(gte=1, lte=10_000))] = 500
    """Most nodes to read, always the same of them; how many are left out is a metric. A read costs 3.4 ms of CPU and some 25 KB."""

    kubelet_metrics_interval: Annotated[int, Parameter(validator=Number(gte=5, lte=3600))] = 60
    """Seconds from one read of a kubelet to the next, over which the reads of all spread evenly."""

    kubelet_ca: Path | None = None
    """PEM file of the CA that signed the kubelets' certificates; that of the API server by default."""

    kubelet_insecure_tls: bool = False
    """Send our token to kubelets whose certificate nobody verified. Whoever answers at an address that a node claims can then use it as us."""


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
class Layers:
    """Who is asked for layers that no agent tells."""

    layers_from: str | None = None
    """Address of a pullwatch registry that is asked for layers of images that nodes hold and no agent tells of, such as http://pullwatch-registry:9438."""

    layers_token: Path | None = None
    """File with the token that it wants."""


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Serve:
    """Watch a cluster and serve metrics, pages and JSON."""

    cluster: Cluster = dataclasses.field(default_factory=Cluster)

    listen: str = f"127.0.0.1:{DEFAULT_PORT}"
    """Address and port to serve on. Only this machine by default; in a pod 0.0.0.0:9436 lets Prometheus in."""

    checkpoint: Path | None = None
    """File, on a local disk, that keeps what was counted: a restart goes on from it and counts what it missed. Without it counters begin at 0."""

    kubelets: Kubelets = dataclasses.field(default_factory=Kubelets)

    layers: Layers = dataclasses.field(default_factory=Layers)

    agents: Agents = dataclasses.field(default_factory=Agents)

    log: Log = dataclasses.field(default_factory=Log)


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Witnesses:
    """Who else on the node is asked how many pulls it counted."""

    runtime_metrics: str | None = None
    """The runtime's own metrics, on loopback: http://127.0.0.1:1338/v1/metrics of containerd, http://127.0.0.1:9090/metrics of CRI-O, where enabled."""

    kubelet_address: str | None = None
    """HOST:PORT of the kubelet whose own metrics are read, too: 127.0.0.1:10250 with hostNetwork, else status.hostIP. Needs the right to get nodes/metrics."""

    kubelet_token: Path | None = None
    """File with the token that the kubelet is shown, read anew each time; none is shown by default."""

    kubelet_ca: Path | None = None
    """PEM file of the CA that signed the kubelet's certificate."""

    kubelet_insecure_tls: bool = False
    """Show the token to whoever answers at that address, without a look at the certificate."""


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Agent:
    """Read one node's containerd, and tell of its images and of the layers of running pulls."""

    containerd: Path = Path("/run/containerd/containerd.sock")
    """Socket of containerd. Whoever can open it is root on the node; the agent reads only, and needs the socket's group and no other right."""

    node: str | None = None
    """Name of the node in Kubernetes; a DaemonSet sets it from spec.nodeName. The host's name by default."""

    listen: str = f"127.0.0.1:{DEFAULT_AGENT_PORT}"
    """Address and port of /metrics, /-/healthy and /-/ready; nothing else is answered there."""

    server: str | None = None
    """Address of `pullwatch serve` that is told of images, layers and running pulls, such as https://pullwatch.monitoring:9436. Nobody by default."""

    server_token: Path | None = None
    """File with the token that the server is shown: a projected one of the agent's service account. It is read at each report."""

    server_ca: Path | None = None
    """File with the certificates, in PEM form, that the server's must come from; those of the system by default."""

    witnesses: Witnesses = dataclasses.field(default_factory=Witnesses)

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
    """Which files are written where, and what they are made with."""

    out: Path = Path("build/pack")
    """Folder to write. It is replaced whole; one that holds other files is refused."""

    values: Path | None = None
    """YAML or JSON file with values for the alerts; the keys, their defaults and reasons stand in docs/alerts.md."""

    set: Annotated[tuple[str, ...], Parameter(show_default=False)] = ()
    """One of these values, such as slowBaseSeconds=120 or criticalNamespaces=[payments]; wins over the file. May be given more than once."""

    format: Annotated[
        tuple[
            Literal["plain", "prometheusrule", "alertmanager", "dashboards", "vmrule", "gmp", "helm", "configmap", "grafanadashboard"],
            ...,
        ],
        Parameter(show_default=False),
    ] = ()
    """What to write; may be given more than once. By default the first four: plain, a file for Prometheus' rule_files; prometheusrule, an object for its operator; alertmanager, routes, inhibition and message templates; dashboards, JSON files for Grafana and the file by which it reads them. Besides: vmrule, an object for VictoriaMetrics' operator; gmp, ClusterRules for Google's Managed Service; configmap, a ConfigMap for each dashboard, for the sidecar of Grafana's chart; grafanadashboard, an object for each, for Grafana's operator; helm, the PrometheusRule and the ConfigMaps as they can lie in a chart's templates folder."""

    rule_name: str = "pullwatch"
    """Name of the object with the rules."""

    rule_namespace: str | None = None
    """Namespace of that object; none by default, so that kubectl's own is taken."""

    rule_label: Annotated[tuple[str, ...], Parameter(show_default=False)] = ()
    """Label of that object that the ruleSelector of a Prometheus asks for, such as release=prometheus. May be given more than once."""

    dashboards: Path | None = None
    """Folder with dashboard files of your own, NAME.dashboard.py, that are rendered instead of those that come along. Each is a program, and is run."""

    dashboard_folder: str = "pullwatch"
    """Title of the folder in Grafana."""

    dashboard_path: str = "/var/lib/grafana/dashboards/pullwatch"
    """Folder on Grafana's machine in which the JSON files will lie, for the file by which Grafana reads them."""

    dashboard_namespace: str | None = None
    """Namespace of the objects with dashboards, which bear the uids of these as names; none by default, so that kubectl's own is taken."""

    dashboard_label: Annotated[tuple[str, ...], Parameter(show_default=False)] = ()
    """Label of the ConfigMaps that the sidecar looks for; grafana_dashboard=1 by default. May be given more than once."""

    grafana_label: Annotated[tuple[str, ...], Parameter(show_default=False)] = ()
    """Label of the Grafana objects to which the operator gives the dashboards; dashboards=grafana by default. May be given more than once."""


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Doctor:
    """Whom to ask, and how to print what is wrong."""

    prometheus: str | None = None
    """Address of the Prometheus that scrapes the exporter, such as http://127.0.0.1:9090; may hold a path, a user and a password."""

    output: Annotated[Literal["text", "json"], Parameter(alias="-o")] = "text"
    """text: for a terminal of 80 columns; json: for programs."""


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class RegistryAccess:
    """Which registries may be asked for manifests, and how."""

    host: Annotated[tuple[str, ...], Parameter(show_default=False)] = ()
    """Registry that may be asked, as it stands in images, such as ghcr.io or docker.io. May be given more than once; no other is asked, also where one leads there for a manifest."""

    private_host: Annotated[tuple[str, ...], Parameter(show_default=False)] = ()
    """The same for a registry whose address is in a private network, such as registry.internal:5000."""

    plain_http_host: Annotated[tuple[str, ...], Parameter(show_default=False)] = ()
    """One of these that is asked without TLS, which shows its passwords to the network. May be given more than once."""

    auth_host: Annotated[tuple[str, ...], Parameter(show_default=False)] = ()
    """REGISTRY=HOST: a host that gives the tokens for a registry, if it is another one; it gets that registry's password. docker.io has its own."""

    blob_host: Annotated[tuple[str, ...], Parameter(show_default=False)] = ()
    """Host to which a registry may lead for an image's config, without credentials. Without it such images have no Dockerfile lines."""

    loopback: bool = False
    """Let a private host be on this machine: for tests, and for a registry beside this process."""

    docker_config: Path | None = None
    """Docker config file with auths, each for its own host; credsStore and credHelpers are refused. Read again when it is replaced."""


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Registry:
    """Ask registries for the layers of images, for others who may not."""

    access: RegistryAccess = dataclasses.field(default_factory=RegistryAccess)

    listen: str = f"127.0.0.1:{DEFAULT_REGISTRY_PORT}"
    """Address and port to answer on. Only this machine by default."""

    token: Path | None = None
    """File with a token that whoever asks for layers has to send. Without it everybody who gets through to the port may ask."""

    store: Path | None = None
    """File, on a local disk, that keeps what was fetched, so that a restart fetches nothing again. Without it 32 MiB are kept in memory."""

    log: Log = dataclasses.field(default_factory=Log)


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Image:
    """Where layers are looked up, and how they are printed."""

    server: str = DEFAULT_SERVER
    """Address of the pullwatch serve that is asked; may hold a path, a user and a password."""

    containerd: Path | None = None
    """Socket of a node's containerd that is read instead of a server, on that node, with the rights of root or of its group."""

    registry: bool = False
    """Ask the image's own registry instead of a server."""

    platform: str | None = None
    """Only the image for this platform, such as linux/arm64; all that are known by default, of a registry linux/amd64."""

    node: str | None = None
    """Tell as well which bytes would go from this node with the image."""

    output: Annotated[Literal["table", "json", "markdown", "html"], Parameter(alias="-o")] = "table"
    """table: for a terminal; json: as /api/v1/images; markdown: for an issue; html: one file that works offline."""

    access: RegistryAccess = dataclasses.field(default_factory=RegistryAccess)


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Top:
    """Whose running pulls are shown, and how."""

    server: str = DEFAULT_SERVER
    """Address of the pullwatch serve that is asked; may hold a path, a user and a password."""

    once: bool = False
    """Print what runs now and end, as it does where nobody looks at a terminal."""

    interval_seconds: Annotated[float, Parameter(validator=Number(gte=0.2, lte=3600))] = 1.0
    """Time between two looks; an agent's bytes are at most a second old."""

    output: Annotated[Literal["table", "json"], Parameter(alias="-o")] = "table"
    """table: for a terminal; json: as /api/v1/running, once."""


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


class AccountError(ValueError):
    """The name of a service account is none; the text says what was expected."""


def account(text: str) -> str:
    """Return NAMESPACE:NAME of a service account. Raises AccountError."""
    namespace, colon, name = text.partition(":")
    if not colon or not all(map(re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\Z").match, (namespace, name))):
        raise AccountError(f"--agents-account {text!r} is not NAMESPACE:NAME, such as pullwatch-agent:pullwatch-agent")
    return text

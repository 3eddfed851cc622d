"""Why the values in the manifests are what they are, by file and by the line that each reason stands above.

Only what somebody may want to change or doubt is explained; a test sees to it that each line is there once.
"""

from __future__ import annotations

import pullwatch
from pullwatch.pack import agents, installation, registries

IMAGE = f"{installation.NAME}:{pullwatch.__version__}"
"""Stands for the image until somebody names his own: no registry is told of here, since none is known to hold it."""

IMAGE_LINE = f"image: {IMAGE}"

_IMAGE = "Name your own: built with deploy/Containerfile and pushed to a registry that the nodes reach."

_EXPORTER = {
    IMAGE_LINE: _IMAGE,
    "pod-security.kubernetes.io/enforce: restricted": "The strictest of the Pod Security Standards; pods below comply with it.",
    "replicas: 1": "Each replica counts every pull, so two would count twice.",
    "type: Recreate": "One process at a time: the old one ends before the new one starts, so no pull is counted by both.",
    "automountServiceAccountToken: false": "A pod gets this account's token only where it asks for it, as the one below does.",
    "- events": "All of them are only read. Never secrets, never nodes/proxy.",
    "enableServiceLinks: false": "Variables named after Services, such as PULLWATCH_PORT, would be noise beside the settings.",
    "terminationGracePeriodSeconds: 10": "It ends within 5 s.",
    "fsGroup: 65532": "Lets this user write where the volume below is replaced by a persistent one.",
    "sizeLimit: 256Mi": (
        "Above it the pod is evicted. 500,000 Events, the most that are kept, take 85 MB with the log beside the file.\n"
        "An emptyDir survives a container's restart, not the pod's: a persistent volume does both."
    ),
    f"- --listen=0.0.0.0:{installation.PORT}": "[::]:9436 in a cluster of IPv6 only.",
    "path: /-/healthy": "The event loop turns. One minute of silence: a busy node or a long list is no reason to kill.",
    "path: /-/ready": "Pods, nodes and Events were listed once.",
    "cpu: 50m": (
        "500 Events a second take 2.5 % of a core, a scrape of 100,000 series every 30 s below 0.1 %. No limit:\n"
        "the first list of a large cluster takes a core for seconds, and a throttled process misses its probes."
    ),
    "memory: 128Mi": (
        "55 MiB where nothing happens; 111 MiB with 5,000 nodes, 20,000 images and 106,000 series, 125 MiB after\n"
        "20,000 further Events (`make bench` measures it)."
    ),
    "memory: 256Mi": "Twice the request: for pages and JSON of 20,000 kept pulls, asked for by several readers at once.",
    "- namespaceSelector: {}": (
        "Pods of any namespace, on this one port. Narrow it to Prometheus with matchLabels\n"
        "kubernetes.io/metadata.name: its namespace. Egress is left open: the API server's address and port differ\n"
        "from cluster to cluster, and a wrong guess would blind the exporter."
    ),
}

_MONITOR = {
    "interval: 30s": "A slow pull pages 90 s after it passed its limit: 30 s of scrape, 30 s of evaluation, 30 s to deliver.",
    "honorLabels: true": (
        "The labels namespace, pod, container and node are those of the pulled pod. Without this Prometheus overwrites\n"
        "them with the exporter's own, and no rule sees a pull. `pullwatch doctor` finds jobs that lack it."
    ),
}

_KUBELETS = {
    "- nodes/metrics": (
        "Only for serve with --kubelet-metrics. A kubelet asks the API server for it at each read; it opens /metrics\n"
        "and nothing else there. Our token goes to each kubelet: whoever is root on a node can use it as long as\n"
        "our pod lives, to read what the role in pullwatch.yaml and this one name."
    ),
}

_AGENT = {
    "pod-security.kubernetes.io/enforce: privileged": (
        "A namespace of its own: the Pod Security Standards `baseline` and `restricted` forbid hostPath, and the runtime's\n"
        "socket is nowhere else. Nobody but administrators may create pods here."
    ),
    "- tokenreviews": (
        "For the exporter, which asks the API server whose token an agent sent. The agents' own account has no right at all."
    ),
    "maxUnavailable: 10%": "What a node pulls while its agent is replaced is seen without layers; a tenth of the nodes at a time.",
    "- operator: Exists": "On every node: pulls are slow on tainted ones, too.",
    f"- {agents.SOCKET_GROUP}": (
        "The group of the socket, which is all that is needed to connect; `stat -c %g` of the socket on a node tells it.\n"
        "containerd makes it 0 unless `[grpc] gid` in its configuration names another one, which is to be preferred."
    ),
    IMAGE_LINE: _IMAGE,
    f"- --containerd={agents.SOCKET_FOLDER}/containerd.sock": (
        "k3s and RKE2 have it in /run/k3s/containerd: then change the folder of the volume and of its mount, too."
    ),
    f"- --listen=0.0.0.0:{agents.PORT}": "For Prometheus and the probes; nothing but metrics and health is answered.",
    "- name: PULLWATCH_NODE": "The exporter holds the node that an agent names against the one that its token was given to.",
    "cpu: 10m": "0.01 % of a core where nothing is pulled. No limit: it is needed most where a node is busy.",
    "memory: 60Mi": "55 MiB where nothing is pulled, and no more after 30 pulls of four layers.",
    "memory: 120Mi": "Twice the request.",
    f"path: {agents.SOCKET_FOLDER}": (
        "The folder, not the socket in it: a socket that is mounted stays that of a containerd that ended, and an agent would\n"
        "never find the next one. Whoever can connect is root on the node, and `readOnly` below does not change that: docs/agent.md."
    ),
    "expirationSeconds: 3600": "The kubelet renews it. It is good for nothing but to tell the exporter which pod on which node speaks.",
    "egress:": "To the exporter and to name servers, wherever these are. A cluster without network policies ignores this.",
}

_REGISTRY = {
    "memory: 96Mi": "52 MiB where nothing is asked, and at most 32 MiB of documents that are kept.",
    IMAGE_LINE: _IMAGE,
    f"- --host={registries.HOST}": (
        "Only these hosts are asked, each in an argument of its own; a pod may name any host as the registry of its image."
    ),
    "- name: ndots": "Names of registries are looked up as they are: a Service `ghcr` in a namespace `io` would come before ghcr.io.",
    "secretName: pullwatch-registry": (
        "A docker config with accounts that may only pull (docs/agent.md has the command). Without it registries are asked\nanonymously."
    ),
}

REASONS = {
    "pullwatch.yaml": _EXPORTER,
    "servicemonitor.yaml": _MONITOR,
    "kubelet-metrics.yaml": _KUBELETS,
    "agent.yaml": _AGENT,
    "podmonitor.yaml": {
        "honorLabels: true": "The labels node, registry and repository are those of the pull; the agent's own must not replace them."
    },
    "registry.yaml": _REGISTRY,
}
"""By file, then by line."""

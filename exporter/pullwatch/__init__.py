"""pullwatch shows every image pull in a Kubernetes cluster: how long, how big, and why slow."""

__version__ = "0.1.0"

"""What stands around an exporter on this machine: a real Prometheus, a real Alertmanager, and whoever they notify.

For `demo`, `replay` and the tests. Everything listens on loopback only, keeps its files in a folder that is given, and ends
with its context. Nothing here knows pullwatch: targets, rules and addresses come in.
"""

// The alerts, and what they record, as a file for rule_files: jsonnet -S alerts/lib/alerts.jsonnet >alerts.yaml
std.manifestYamlDoc((import '../mixin.libsonnet').prometheusAlerts)

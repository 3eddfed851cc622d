// What the dashboards read, as a file for rule_files: jsonnet -S alerts/lib/rules.jsonnet >rules.yaml
std.manifestYamlDoc((import '../mixin.libsonnet').prometheusRules)

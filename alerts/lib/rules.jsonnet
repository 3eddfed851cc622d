// Recording rules that stand by themselves, of which there are none yet: jsonnet -S alerts/lib/rules.jsonnet >rules.yaml
std.manifestYamlDoc((import '../mixin.libsonnet').prometheusRules)

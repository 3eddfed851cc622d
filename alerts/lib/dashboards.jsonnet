// Each dashboard as a file for Grafana: jsonnet -m folder alerts/lib/dashboards.jsonnet
(import '../mixin.libsonnet').grafanaDashboards

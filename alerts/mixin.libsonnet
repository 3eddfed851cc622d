// The whole pack: `prometheusAlerts`, `prometheusRules` and `grafanaDashboards`, as other monitoring mixins have them. What the
// texts of alerts ask for is recorded in the group of the alerts, which evaluates in order; what dashboards alone read stands in
// the rules.
// Override what you need: (import 'mixin.libsonnet') + { _config+:: { slowBaseSeconds: 120 } }
(import 'config.libsonnet') +
(import 'pulls.libsonnet') +
(import 'failing.libsonnet') +
(import 'wide.libsonnet') +
(import 'throughput.libsonnet') +
(import 'queueing.libsonnet') +
(import 'slo.libsonnet') +
(import 'watcher.libsonnet') +
(import 'kubelet.libsonnet') +
(import 'joins.libsonnet') +
(import 'boards.libsonnet') +
(import 'dashboards.libsonnet') +
(import 'lib/runbook-links.libsonnet')

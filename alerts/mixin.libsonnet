// The whole pack: `prometheusAlerts` and `prometheusRules`, as other monitoring mixins have them.
// Override what you need: (import 'mixin.libsonnet') + { _config+:: { slowBaseSeconds: 120 } }
(import 'config.libsonnet') +
(import 'pulls.libsonnet') +
(import 'watcher.libsonnet') +
(import 'lib/links.libsonnet')

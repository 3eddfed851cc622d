// The watcher itself: is it there, and does it still hear the cluster? Without these a silent exporter looks like a quiet
// cluster.
{
  local config = self._config,
  local cluster = config.clusterLabel,
  local promql = (import 'lib/promql.libsonnet')(config),
  local series(name) = promql.series(name, [config.exporterSelector]),
  local leader = series('pullwatch_leader') + ' == 1',

  // Of the pulls that a node's kubelet counted, the share that Events told of; absent where kubelets are not read, and where
  // nothing was pulled. Both counters move with a read, so a moment in between makes no difference; above 1 an Event
  // came before the kubelet's count. A kubelet counts each credential that it tries, so 1 is not reached everywhere.
  local coverage = {
    record: 'pullwatch_node:pull_coverage:ratio30m',
    expr: 'sum by (' + cluster + ', node) (increase(' + series('pullwatch_runtime_pulls_seen_total') + '[30m]))\n'
          + '/\n'
          + '(sum by (' + cluster + ', node) (increase(' + series('pullwatch_runtime_pulls_total') + '[30m])) > 0)',
  },

  local down = {
    alert: 'ImagePullExporterDown',
    identity:: [cluster],
    // Anchored in what was there: absent() would be blind to one cluster's death in a Prometheus of many.
    expr: 'group by (' + cluster + ') (last_over_time(up{' + config.exporterSelector + '}[' + config.exporterSeenWithin + ']))\n'
          + 'unless on (' + cluster + ')\n'
          + 'max by (' + cluster + ') (' + leader + ')',
    'for': config.exporterDownFor,
    labels: {},
    annotations: {
      summary: 'No pullwatch exporter watches image pulls.',
      description:
        'Prometheus gets no metrics from the pullwatch exporter{{ with $labels.' + cluster + ' }} of cluster {{ . }}{{ end }}. ' +
        // The exporter serves the runbook, unless runbookURLPattern says otherwise.
        'Slow and stuck image pulls go unnoticed until it is back, and its pages do not answer: ' +
        'start with kubectl get pods --all-namespaces | grep pullwatch.',
    },
  },

  local stale = {
    alert: 'ImagePullWatchStale',
    identity:: [cluster],
    expr: 'max by (' + cluster + ', resource) (\n'
          + '  time() - ' + series('pullwatch_watch_last_contact_timestamp_seconds') + '\n'
          + '  and on (' + cluster + ', instance) ' + leader + '\n'
          + ') > ' + config.watchStaleSeconds,
    'for': '1m',
    keep_firing_for: config.keepFiringFor,
    labels: {},
    annotations: {
      summary: 'The pullwatch exporter no longer hears the cluster.',
      description:
        'The watch of {{ $labels.resource }}{{ with $labels.' + cluster + ' }} of cluster {{ . }}{{ end }} has been silent for ' +
        '{{ $value | humanizeDuration }}. What pullwatch shows of image pulls is that old.',
    },
  },

  prometheusAlerts+:: {
    groups+: [{ name: 'pullwatch.watcher', rules: [coverage, down, stale] }],
  },
}

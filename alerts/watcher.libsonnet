// The watcher itself: is it there, and does it still hear the cluster? Without these a silent exporter looks like a quiet
// cluster.
{
  local config = self._config,
  local cluster = config.clusterLabel,
  local promql = (import 'lib/promql.libsonnet')(config),
  local texts = (import 'lib/texts.libsonnet')(config),
  local series(name, matchers=[]) = promql.series(name, matchers + [config.exporterSelector]),
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
    // Anchored in what was there: absent() would be blind to one cluster's death in a Prometheus of many. A target that is
    // younger than the time of a rollout may be one whose pod has not begun.
    expr: 'group by (' + cluster + ') (last_over_time(up{' + config.exporterSelector + '}[' + config.exporterSeenWithin + '] offset ' + config.exporterDownFor + '))\n'
          + 'unless on (' + cluster + ')\n'
          + promql.ledLately,
    'for': config.exporterMissedFor,
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
    'for': config.watchStaleFor,
    keep_firing_for: config.keepFiringFor,
    labels: {},
    annotations: {
      summary: 'The pullwatch exporter no longer hears the cluster.',
      description:
        'The watch of {{ $labels.resource }}{{ with $labels.' + cluster + ' }} of cluster {{ . }}{{ end }} has been silent for ' +
        '{{ $value | humanizeDuration }}. What pullwatch shows of image pulls is that old.',
    },
  },

  local byNode = [cluster, 'node'],
  local growth(name, matchers=[]) = 'sum ' + promql.by(byNode) + ' (increase(' + series(name, matchers) + '[30m]))',

  local counted = 'pullwatch_node:pulls_counted:increase30m',
  local lost = 'pullwatch_node:pulls_lost:increase30m',
  local unseen = growth('pullwatch_unseen_pulls_total'),

  // Where a kubelet is not read, pod status is the witness: containers that started without any Event beside those whose
  // pull was told. Containers whose image was present are no pulls: a thousand of them would hide twenty that were lost. Nor are
  // failed attempts, of which one container makes many.
  local countedPulls = {
    record: counted,
    expr: growth('pullwatch_runtime_pulls_total') + '\n'
          + 'or\n'
          + unseen + '\n'
          + '+ (' + growth('pullwatch_node_pull_duration_seconds_count') + ' or ' + unseen + ' * 0)\n'
          + '+ (' + growth('pullwatch_node_cache_hits_total', ['kind="revalidated"']) + ' or ' + unseen + ' * 0)',
  },
  local lostPulls = {
    record: lost,
    expr: counted + ' * ' + promql.on(byNode) + ' clamp_min(1 - ' + coverage.record + ', 0)\n'
          + 'or\n'
          + unseen + ' unless ' + promql.on(byNode) + ' ' + growth('pullwatch_runtime_pulls_total'),
  },

  local eventsLost = {
    local hidden = '(1 - ' + promql.number(config.eventsToldRatio) + ')',
    local ofCluster = '{' + cluster + '=%q}',
    local labels = ['$labels.' + cluster],
    local dark = lost + ofCluster + ' > ' + hidden + ' * ' + counted + ofCluster,

    alert: 'ImagePullEventsLost',
    identity:: [cluster],
    // Some nodes whose Events do not come, each by itself, or too few Events everywhere. The first tells more, so it goes first.
    expr: 'sum by (' + cluster + ') (\n'
          + '  ' + lost + ' >= ' + promql.number(config.eventsLostMinimum) + '\n'
          + '  and ' + promql.on(byNode) + ' ' + lost + ' > ' + hidden + ' * ' + counted + '\n'
          + ')\n'
          + 'or\n'
          + 'sum by (' + cluster + ') (' + lost + ')\n'
          + '  > ' + hidden + ' * sum by (' + cluster + ') (' + counted + ')\n'
          + '  >= ' + promql.number(config.eventsLostMinimum),
    'for': config.eventsLostFor,
    keep_firing_for: config.keepFiringFor,
    labels: {},
    annotations: {
      summary: 'Pulls happen of which no Event tells.',
      description:
        'In 30 minutes about {{ $value | printf "%.0f" }} image pulls{{ with $labels.' + cluster + ' }} of cluster {{ . }}{{ end }} came without any Event, on '
        + texts.first(texts.ask('count(' + dark + ')', '', labels + labels), '{{ . | value }}', 'an unknown number of') + ' node(s)'
        + texts.first(
          texts.ask('topk(1, ' + lost + '{})', ofCluster, labels),
          '; most on node {{ .Labels.node }}, {{ . | value | printf "%.0f" }}'
          + texts.first(
            'query (printf `' + counted + '{' + cluster + '=%q, node=%q}` $labels.' + cluster + ' .Labels.node)',
            ' of {{ . | value | printf "%.0f" }}'
          )
        )
        + '.'
        + texts.waitingUnknown('pullwatch_pull_failing_start_timestamp_seconds')
        + ' If such a pull is slow, nobody is paged, and it is missing from all figures of image pulls.',
    },
  },

  prometheusAlerts+:: {
    groups+: [{ name: 'pullwatch.watcher', rules: [coverage, countedPulls, lostPulls, down, stale, eventsLost] }],
  },
}

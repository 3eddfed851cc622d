// Pods that wait for each other: the queue of a node that pulls one image after the other, the waits that last included.
{
  local config = self._config,
  local cluster = config.clusterLabel,
  local promql = (import 'lib/promql.libsonnet')(config),
  local texts = (import 'lib/texts.libsonnet')(config),
  local window = config.wideWindow,

  local waits = 'node:pullwatch_pull_wait_seconds:sum' + window,
  local pulls = 'node:pullwatch_pull_seconds:sum' + window,
  local waiting = 'pod:pullwatch_pull_waiting_seconds:max',
  local start = 'pullwatch_pull_running_start_timestamp_seconds',
  local unblocked = 'pullwatch_pull_running_unblocked_timestamp_seconds',
  local ofNode = promql.by([cluster, 'node']),
  local ended(metric) = 'max ' + ofNode + ' (' + promql.increase(metric, window) + ')',

  local queue = [
    {
      record: waiting,
      expr: promql.perPod('time() - ' + promql.ofPods(start, ['node!=""']) + ' and ' + promql.ofPods('pullwatch_pull_running_ahead', ['node!=""']) + ' > 0'),
    },
    {
      // Pulls that ended, that wait, and that have waited and run. Their labels differ, so that `or` keeps all of them.
      record: waits,
      expr: 'sum ' + ofNode + ' (\n'
            + '  ' + ended('pullwatch_node_wait_seconds_total') + '\n'
            + '  or ' + waiting + '\n'
            + '  or ' + promql.perPod(promql.ofPods(unblocked, ['node!=""']) + ' - ' + promql.ofPods(start, ['node!=""'])) + '\n'
            + ') >= ' + config.queueingSeconds,
    },
    {
      // A muted pull is ahead of others like any other one.
      record: pulls,
      expr: 'sum ' + ofNode + ' (\n'
            + '  ' + ended('pullwatch_node_pull_duration_seconds_sum') + '\n'
            + '  or ' + promql.perPod('time() - ' + promql.series(unblocked, ['node!=""'])) + '\n'
            + ') > 0',
    },
  ],

  // The most of lately: who waited behind a pull ends after it, and would be alone in the window half an hour later.
  local most = 'max_over_time(' + pulls + '[' + window + '])',

  local queueing = {
    alert: 'ImagePullQueueing',
    identity:: [cluster, 'node'],
    expr: waits + ' > ' + most,
    keep_firing_for: config.keepFiringFor,
    labels: {},
    annotations: {
      summary: 'Image pulls wait in a queue longer than they take.',
      description:
        'On node {{ $labels.node }}' + texts.ofCluster + ' image pulls of the last ' + window + ' waited about {{ $value | humanizeDuration }} together until the node began them'
        + texts.of('node', pulls + '{}', ', while the pulls there took {{ . | value | humanizeDuration }}')
        + '. Containers start later than their own image explains.'
        + texts.of(
          'node',
          'topk(1, ' + waiting + '{})',
          ' Longest in the queue now: pod {{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.workload }} ({{ . }}){{ end }}, image {{ .Labels.image }}, {{ . | value | humanizeDuration }}.'
        )
        + ' Pulls in its queue now: ' + texts.of('node', 'count(' + waiting + '{})', '{{ . | value }}', 'none') + '.',
    },
  },

  prometheusAlerts+:: {
    groups+: [{ name: 'pullwatch.queueing', rules: queue + [queueing] }],
  },
}

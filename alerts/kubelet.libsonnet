// Slow pulls by the kubelets' own histograms, for clusters in which no exporter runs yet, or in which it is gone. A kubelet names
// neither image nor pod, and tells of a pull when it has ended.
{
  local config = self._config,
  local cluster = config.clusterLabel,
  local promql = (import 'lib/promql.libsonnet')(config),

  local kubelet(name, matchers=[]) = promql.selected(name, matchers + [config.kubeletSelector]),
  local instance = [cluster, 'instance'],
  local within(operation, name, matchers=[]) = operation + '(' + kubelet(name, matchers) + '[30m])',

  // Pulls of 30 minutes that took longer than an edge, by instance. Two targets that scrape one kubelet show it twice: max makes
  // them one, before the classes of size are summed.
  //
  // The series of a class is born with its first pull, at 1, of which increase() sees nothing. So a series that was not there
  // 30 minutes ago counts with all it has - if its target was scraped before the series came: a Prometheus that starts, or
  // gets a new target, finds old pulls in the first scrape, as many samples of them as of `up`.
  local slow(metric, own, matchers, edge) = {
    local labels = instance + own,
    local max(expression) = 'max ' + promql.by(labels) + ' (' + expression + ')',
    local count = metric + '_count',
    local bucket = metric + '_bucket',
    // The newest value, unless its target answers without it: that kubelet began anew.
    local newest(series, of=[]) =
      '(\n'
      + '      ' + max(kubelet(series, matchers + of)) + '\n'
      + '      or ' + max(within('last_over_time', series, matchers + of)) + ' unless ' + promql.on(instance) + ' ' + kubelet('up') + ' == 1\n'
      + '    )',
    expr::
      'sum ' + promql.by(instance) + ' (\n'
      + '  (\n'
      + '    ' + newest(count) + ' - ' + newest(bucket, [edge]) + '\n'
      // One minute less than the window, so that between the last sample of one that vanished and its end there is no gap.
      + '    unless ' + promql.on(labels) + ' ' + max(kubelet(count, matchers) + ' offset 29m') + '\n'
      + '    and ' + promql.on(labels) + ' (\n'
      + '      ' + max(within('count_over_time', count, matchers)) + '\n'
      + '      < ' + promql.on(instance) + ' group_left () max ' + promql.by(instance) + ' (' + within('sum_over_time', 'up') + ')\n'
      + '    )\n'
      + '  )\n'
      + '  or\n'
      + '  ' + max(within('increase', count, matchers)) + ' - ' + max(within('increase', bucket, matchers + [edge])) + '\n'
      + ')',
  },

  // Kubelets from 1.30 on: time in the kubelet's queue included, successes only. A real kubelet writes 300, Prometheus 3 makes
  // it 300.0.
  local timed = slow(
    'kubelet_image_pull_duration_seconds', ['image_size_in_bytes'], [], 'le=~"' + config.kubeletSlowSeconds + '([.]0)?"'
  ),
  // Before: without the queue, failed ones and each credential tried included; edges are 0.005 * 2.5^k.
  local operations = slow(
    'kubelet_runtime_operations_duration_seconds',
    [],
    ['operation_type="pull_image"'],
    'le="' + { '60': '47.6837158203125', '120': '119.20928955078125', '300': '298.0232238769531', '600': '745.0580596923828' }[std.toString(config.kubeletSlowSeconds)] + '"'
  ),

  local record = 'instance:kubelet_slow_image_pulls:increase30m',
  local recorded = {
    record: record,
    expr: timed.expr + '\n'
          + 'or\n'
          + '(\n'
          + operations.expr + '\n'
          + 'unless ' + promql.on(instance) + ' ' + within('last_over_time', 'kubelet_image_pull_duration_seconds_count') + '\n'
          + ')',
  },

  // A target is an address; the node's name stands beside it. One address may have had two names in 30 minutes, so the names are
  // the many of this join, and a kubelet that tells none goes by its address.
  local names = 'group ' + promql.by(instance + ['node']) + ' (' + within('last_over_time', 'kubelet_node_name') + ')',
  local alert = {
    alert: 'KubeletImagePullSlow',
    identity:: [cluster, 'node'],
    // increase() reckons beyond the samples, so that a whole pull is a little more or less than 1, and none a little more than 0.
    expr: 'max ' + promql.by([cluster, 'node']) + ' (\n'
          + '  ' + names + ' * ' + promql.on(instance) + ' group_left () ' + record + '\n'
          + '  or\n'
          + '  label_replace(' + record + ' unless ' + promql.on(instance) + ' ' + names + ', "node", "$1", "instance", "(.+)")\n'
          + ') > 0.5\n'
          + 'unless on (' + cluster + ') max by (' + cluster + ') (' + promql.series('pullwatch_leader', [config.exporterSelector]) + ' == 1)',
    // An exporter that restarts is away for less.
    'for': config.exporterDownFor,
    // What is counted stays for 30 minutes by itself. The alert ends when an exporter comes, which knows more.
    labels: {},
    annotations: {
      summary: 'A kubelet counts image pulls that took too long.',
      description:
        '{{ $value | printf "%.0f" }} image pull(s) of the last 30 minutes on node {{ $labels.node }}{{ with $labels.' + cluster + ' }} of cluster {{ . }}{{ end }} '
        + 'took longer than about ' + config.kubeletSlowSeconds + ' s, and their containers started that much later. '
        + 'The kubelet names no image: kubectl get events --all-namespaces --field-selector reason=Pulled does. '
        + 'No pullwatch exporter runs here, which would tell image, pod and cause while a pull still runs.',
    },
  },

  prometheusAlerts+:: {
    groups+: [{ name: 'pullwatch.kubelet', rules: [recorded, alert] }],
  },
}

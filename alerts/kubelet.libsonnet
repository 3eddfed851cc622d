// Slow pulls by the kubelets' own histograms, for clusters in which no exporter runs yet, or in which it is gone. A kubelet names
// neither image nor pod, and tells of a pull when it has ended.
{
  local config = self._config,
  local cluster = config.clusterLabel,
  local promql = (import 'lib/promql.libsonnet')(config),

  local kubelet(name, matchers=[]) = promql.selected(name, matchers + [config.kubeletSelector]),
  local instance = [cluster, 'instance'],
  local within(operation, name, matchers=[]) = operation + '(' + kubelet(name, matchers) + '[30m])',

  // Pulls of 30 minutes that took longer than an edge, by instance: what is counted beyond the edge now, without what was at the
  // beginning of the window. Nothing is reckoned beyond the samples, as increase() does, so one pull is 1 and none is 0.
  //
  // The series of a class is born with its first pull, at 1, and so is one of a kubelet that began anew. All that it has is new
  // if its target answered without it within the window. A Prometheus that starts, or gets a new target, finds old pulls
  // in the first answer: as many samples of the series as of `up`.
  local slow(metric, own, matchers, edge) = {
    local count = kubelet(metric + '_count', matchers),
    local bucket = kubelet(metric + '_bucket', matchers + [edge]),
    local ignoring = 'ignoring (' + own + ')',
    local beyond(before, after) = before + count + after + ' - max without (le) (' + before + bucket + after + ')',
    // The newest value, unless its target answers without it.
    local now =
      '(\n'
      + '    ' + beyond('', '') + '\n'
      + '    or ' + beyond('last_over_time(', '[30m])') + ' unless ' + ignoring + ' ' + kubelet('up') + ' == 1\n'
      + '  )',
    expr::
      // Two targets that scrape one kubelet show it twice: max makes them one, before the classes are summed.
      'sum ' + promql.by(instance) + ' (max ' + promql.by(instance + [own]) + ' (\n'
      + '  ' + now + '\n'
      + '  and (\n'
      + '    count_over_time(' + count + '[30m]) < ' + ignoring + ' group_left () sum_over_time(' + kubelet('up') + '[30m])\n'
      + '    or resets(' + count + '[30m]) > 0\n'
      + '  )\n'
      + '  or\n'
      + '  ' + now + '\n'
      + '  - (' + beyond('min_over_time(', '[30m])') + ')\n'
      + '))',
  },

  // Kubelets from 1.30 on: time in the kubelet's queue included, successes only. A real kubelet writes 300, Prometheus 3 makes
  // it 300.0.
  local timed = slow(
    'kubelet_image_pull_duration_seconds', 'image_size_in_bytes', [], 'le=~"' + config.kubeletSlowSeconds + '([.]0)?"'
  ),
  // Before: without the queue, failed ones and each credential tried included; edges are 0.005 * 2.5^k.
  local operations = slow(
    'kubelet_runtime_operations_duration_seconds',
    'operation_type',
    ['operation_type="pull_image"'],
    'le="' + { '60': '47.6837158203125', '120': '119.20928955078125', '300': '298.0232238769531', '600': '745.0580596923828' }[std.toString(config.kubeletSlowSeconds)] + '"'
  ),

  local record = 'instance:kubelet_slow_image_pulls:increase30m',
  local recorded = {
    record: record,
    // The first where a kubelet has both.
    expr: timed.expr + '\nor\n' + operations.expr,
  },

  // A target is an address; the node's name stands beside it. One address may have had two names in 30 minutes, so the names are
  // the many of this join, and a kubelet that tells none goes by its address.
  local names = 'group ' + promql.by(instance + ['node']) + ' (' + within('last_over_time', 'kubelet_node_name') + ')',
  local alert = {
    alert: 'KubeletImagePullSlow',
    identity:: [cluster, 'node'],
    expr: 'max ' + promql.by([cluster, 'node']) + ' (\n'
          + '  ' + names + ' * ' + promql.on(instance) + ' group_left () ' + record + '\n'
          + '  or\n'
          + '  label_replace(' + record + ' unless ' + promql.on(instance) + ' ' + names + ', "node", "$1", "instance", "(.+)")\n'
          + ') > 0\n'
          + 'unless on (' + cluster + ') ' + promql.ledLately,
    // An exporter that restarts is away for less than the two together.
    'for': config.exporterMissedFor,
    // What is counted stays for 30 minutes by itself. The alert ends when an exporter comes, which knows more.
    labels: {},
    annotations: {
      summary: 'A kubelet counts image pulls that took too long.',
      description:
        '{{ $value }} image pull(s) of the last 30 minutes on node {{ $labels.node }}{{ with $labels.' + cluster + ' }} of cluster {{ . }}{{ end }} '
        + 'took longer than about ' + config.kubeletSlowSeconds + ' s, and their containers started that much later. '
        + 'The kubelet names no image: kubectl get events --all-namespaces --field-selector reason=Pulled does. '
        + 'No pullwatch exporter runs here, which would tell image, pod and cause while a pull still runs.',
    },
  },

  prometheusAlerts+:: {
    groups+: [{ name: 'pullwatch.kubelet', rules: [recorded, alert] }],
  },
}

// A whole node or a whole registry: many of its pulls are slow.
//
// Two instances of the exporter that overlap in a rollout count the same pulls, and one that restarted begins at 0. So a
// share or a throughput is a quotient of sums, which is right in both cases, and what has to be reached is the largest of
// one instance, which never counts a pull twice. New children of the exporter show 0 first; increase() loses no first pull.
// With 5,000 nodes and 2,000 repositories all of it takes half a second of one core; longer windows cost in proportion.
{
  local config = self._config,
  local cluster = config.clusterLabel,
  local promql = (import 'lib/promql.libsonnet')(config),
  local texts = (import 'lib/texts.libsonnet')(config),
  local window = config.wideWindow,

  local over(which, metric) = which + '_over_time(' + promql.series(metric) + '[' + window + '])',

  local wide(label, metric) = {
    local labels = [cluster, label],
    local sum(expression) = 'sum ' + promql.by(labels) + ' (' + expression + ')',
    slow:: promql.increase(metric + '_count', window) + ' - ignoring (le) ' + promql.increase(metric + '_bucket', window, [promql.edge(config.wideEdgeSeconds)]),
    pulls:: label + ':pullwatch_pulls:count' + window,
    share:: promql.overEdge(label),
    local grown = label + ':pullwatch_pulls:increase' + window,
    recorded:: [
      // Of those alone that had enough pulls, as nobody looks at the others.
      { record: grown, expr: promql.oneInstance(labels, promql.increase(metric + '_count', window)) + ' >= ' + config.widePulls },
      {
        // increase() makes 16 of 12 pulls where a counter is one minute old. The distance of its ends is exact, and too much
        // only where the counter began anew.
        record: wide(label, metric).pulls,
        expr: '(' + promql.oneInstance(labels, over('max', metric + '_count') + ' - ' + over('min', metric + '_count')) + ' <= ' + grown + ' or ' + grown + ') >= ' + config.widePulls,
      },
      {
        record: wide(label, metric).share,
        expr: sum(wide(label, metric).slow) + '\n'
              + '/\n'
              + sum(promql.increase(metric + '_count', window)) + '\n'
              + 'and ' + promql.on(labels) + ' ' + wide(label, metric).pulls,
      },
    ],
    alert(name, summary, of, felt, more):: {
      alert: name,
      identity:: labels,
      expr: wide(label, metric).share + ' > ' + promql.number(config.wideShare),
      keep_firing_for: config.keepFiringFor,
      labels: {},
      annotations: {
        summary: summary,
        description:
          '{{ $value | humanizePercentage }} of '
          + texts.of(label, wide(label, metric).pulls + '{}', '{{ . | value | printf "%.0f" }} ')
          + 'image pulls ' + of + ' {{ $labels.' + label + ' }}' + texts.ofCluster + ' in the last ' + window + ' took longer than '
          + config.wideEdgeSeconds + ' s. ' + felt
          + texts.of(
            label,
            'topk(1, pod:pullwatch_pull_seconds:max{})',
            ' Slowest now or just before: pod {{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.workload }} ({{ . }}){{ end }}'
            + '{{ with .Labels.node }} on node {{ . }}{{ end }}, image {{ .Labels.image }}, {{ . | value | humanizeDuration }}.'
          )
          + more
          + ' The ' + config.wideEdgeSeconds + ' s are the same for every size: where only large images are pulled, it looks like this as well.',
      },
    },
  },

  local node = wide('node', 'pullwatch_node_pull_duration_seconds'),
  local registry = wide('registry', 'pullwatch_pull_duration_seconds'),
  local repositories = 'registry:pullwatch_repositories_over_edge:count' + window,

  local nodes = 'cluster:pullwatch_nodes_over_edge:count' + window,

  // Counted once, and not by the text of each of 5,000 nodes.
  local slowNodes = {
    record: nodes,
    expr: 'count ' + promql.by([cluster]) + ' (' + node.share + ' > ' + promql.number(config.wideShare) + ')',
  },

  local slowNode = node.alert(
    'SlowImagePullsOnNode',
    'Many image pulls on a node are slow.',
    'on node',
    'Containers start late there.',
    // One slow node is a node; many at a time are a registry or the network.
    texts.first(texts.ask(nodes + '{}', '{' + cluster + '=%q}', ['$labels.' + cluster]), ' Nodes that look like this: {{ . | value }}.')
  ),

  local slowRegistry = registry.alert(
    'SlowImagePullsFromRegistry',
    'Many image pulls from a registry are slow.',
    'from',
    'Containers that need an image from there start late.',
    texts.of('registry', repositories + '{}', ' Repositories with slow pulls: {{ . | value }}.') + texts.mirror
  ),

  local slowRepositories = {
    // One repository is an image, several are the registry.
    record: repositories,
    expr: 'count ' + promql.by([cluster, 'registry']) + ' (sum ' + promql.by([cluster, 'registry', 'repository']) + ' (' + registry.slow + ') > 0.5)\n'
          + 'and ' + promql.on([cluster, 'registry']) + ' ' + registry.pulls,
  },

  prometheusAlerts+:: {
    groups+: [{ name: 'pullwatch.wide', rules: node.recorded + [slowNodes, slowNode] + registry.recorded + [slowRepositories, slowRegistry] }],
  },
}

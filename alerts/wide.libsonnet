// A whole node or a whole registry: many of its pulls are slow, its bytes come slowly, or pods wait for each other.
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

  // "of cluster east", where a label says so.
  local ofCluster = '{{ with $labels.' + cluster + ' }} of cluster {{ . }}{{ end }}',

  // What the text asks for of its node or registry.
  local select(label) = '{' + cluster + '=%q, ' + label + '=%q}',
  local given(label) = ['$labels.' + cluster, '$labels.' + label],
  local asked(label, query, text, otherwise='') = texts.first(texts.ask(query, select(label), given(label)), text, otherwise),

  local increase(metric, matchers=[], within=window) = 'increase(' + promql.series(metric, matchers) + '[' + within + '])',

  local over(which, metric) = which + '_over_time(' + promql.series(metric) + '[' + window + '])',

  local oneInstance(labels, expression) =
    'max ' + promql.by(labels) + ' (sum ' + promql.by(labels + ['job', 'instance']) + ' (' + expression + '))',

  // --- Share of slow pulls.

  local wide(label, metric) = {
    local labels = [cluster, label],
    local sum(expression) = 'sum ' + promql.by(labels) + ' (' + expression + ')',
    slow:: increase(metric + '_count') + ' - ignoring (le) ' + increase(metric + '_bucket', [promql.edge(config.wideEdgeSeconds)]),
    pulls:: label + ':pullwatch_pulls:count' + window,
    share:: promql.overEdge(label),
    local grown = label + ':pullwatch_pulls:increase' + window,
    recorded:: [
      // Of those alone that had enough pulls, as nobody looks at the others.
      { record: grown, expr: oneInstance(labels, increase(metric + '_count')) + ' >= ' + config.widePulls },
      {
        // increase() makes 16 of 12 pulls where a counter is one minute old. The distance of its ends is exact, and too much
        // only where the counter began anew.
        record: wide(label, metric).pulls,
        expr: '(' + oneInstance(labels, over('max', metric + '_count') + ' - ' + over('min', metric + '_count')) + ' <= ' + grown + ' or ' + grown + ') >= ' + config.widePulls,
      },
      {
        record: wide(label, metric).share,
        expr: sum(wide(label, metric).slow) + '\n'
              + '/\n'
              + sum(increase(metric + '_count')) + '\n'
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
          + asked(label, wide(label, metric).pulls + '{}', '{{ . | value | printf "%.0f" }} ')
          + 'image pulls ' + of + ' {{ $labels.' + label + ' }}' + ofCluster + ' in the last ' + window + ' took longer than '
          + config.wideEdgeSeconds + ' s. ' + felt
          + asked(
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

  local slowNode = node.alert(
    'SlowImagePullsOnNode',
    'Many image pulls on a node are slow.',
    'on node',
    'Containers start late there.',
    // One slow node is a node; many at a time are a registry or the network.
    texts.first(
      texts.ask('count(' + node.share + '{} > ' + promql.number(config.wideShare) + ')', '{' + cluster + '=%q}', ['$labels.' + cluster]),
      ' Nodes that look like this: {{ . | value }}.'
    )
  ),

  local slowRegistry = registry.alert(
    'SlowImagePullsFromRegistry',
    'Many image pulls from a registry are slow.',
    'from',
    'Containers that need an image from there start late.',
    asked('registry', repositories + '{}', ' Repositories with slow pulls: {{ . | value }}.')
  ),

  local slowRepositories = {
    // One repository is an image, several are the registry.
    record: repositories,
    expr: 'count ' + promql.by([cluster, 'registry']) + ' (sum ' + promql.by([cluster, 'registry', 'repository']) + ' (' + registry.slow + ') > 0.5)\n'
          + 'and ' + promql.on([cluster, 'registry']) + ' ' + registry.pulls,
  },

  // --- Bytes per second of a registry. Compressed and uncompressed bytes are two things, and what is neither is left out.

  local kinds = [cluster, 'registry', 'size_kind'],
  local others = promql.on([cluster, 'size_kind']),
  local known = 'size_kind=~"compressed|uncompressed"',
  local now = config.throughputWindow,
  local before(series) = 'sum_over_time(' + series + '[' + config.usualWindow + ':' + now + '] offset ' + now + ')',
  local everybody(series) = 'sum ' + promql.by([cluster, 'size_kind']) + ' (' + series + ')',
  local bytes = 'registry:pullwatch_pull_image_bytes:increase' + now,
  local seconds = 'registry:pullwatch_pull_sized_seconds:increase' + now,
  local ends = 'registry:pullwatch_pull_ends:changes' + now,
  local gives = 'registry:pullwatch_pull_bytes_per_second:rate' + now,
  local usual = 'registry:pullwatch_pull_bytes_per_second:rate' + config.usualWindow,
  local elsewhere = 'registry:pullwatch_pull_bytes_per_second_elsewhere:rate' + now,
  local fallen = 'registry:pullwatch_pull_bytes_per_second_to_usual:ratio' + now,
  local rest(series) = '(' + everybody(series) + ' - ' + others + ' group_right () ' + series + ')',

  local throughput = [
    { record: bytes, expr: 'sum ' + promql.by(kinds) + ' (' + increase('pullwatch_pull_image_bytes_total', [known], now) + ')' },
    { record: seconds, expr: 'sum ' + promql.by(kinds) + ' (' + increase('pullwatch_pull_sized_seconds_total', [known], now) + ')' },
    // No metric counts the pulls of one kind: the steps of its counter do, but for pulls that end between two scrapes.
    { record: ends, expr: oneInstance(kinds, 'changes(' + promql.series('pullwatch_pull_image_bytes_total', [known]) + '[' + now + '])') },
    { record: gives, expr: bytes + ' / (' + seconds + ' > 0) and ' + ends + ' >= ' + config.throughputPulls },
    // Hours that do not overlap, without the present one.
    {
      record: usual,
      expr: before(bytes) + ' / (' + before(seconds) + ' > 0) and ' + before(ends) + ' >= ' + config.throughputPulls,
    },
    // All that is pulled in the cluster but for this registry; absent where that is too little to compare with.
    {
      record: elsewhere,
      expr: rest(bytes) + ' / (' + rest(seconds) + ' > 0) and ' + rest(ends) + ' >= ' + config.throughputPulls,
    },
    // Of its usual, and of nothing where the others are no better off.
    {
      record: fallen,
      expr: gives + ' / (' + usual + ' > 0)\n'
            + 'unless ' + gives + ' >= ' + promql.number(config.throughputShare) + ' * ' + elsewhere,
    },
  ],

  local ofKind(series, text, otherwise='') = texts.first(
    texts.ask(series + '{}', '{' + cluster + '=%q, registry=%q, size_kind=%q}', given('registry') + ['.Labels.size_kind']), text, otherwise
  ),

  local slowBytes = {
    alert: 'ImagePullThroughputLow',
    identity:: [cluster, 'registry'],
    // The quotient has no unit, so that the two kinds can be told by one number.
    expr: 'min ' + promql.by([cluster, 'registry']) + ' (' + fallen + ') < ' + promql.number(config.throughputShare),
    keep_firing_for: config.keepFiringFor,
    labels: {},
    annotations: {
      summary: 'A registry delivers far fewer bytes than usual.',
      description:
        'Image pulls from {{ $labels.registry }}' + ofCluster + ' came at {{ $value | humanizePercentage }} of their usual speed in the last ' + now
        + asked(
          'registry',
          'bottomk(1, ' + fallen + '{})',
          ofKind(gives, ': {{ . | value | humanize }}B/s ({{ .Labels.size_kind }})')
          + ofKind(usual, ' after {{ . | value | humanize }}B/s in the last ' + config.usualWindow)
          + ofKind(elsewhere, '; other registries give {{ . | value | humanize }}B/s', '; no other one is pulled from enough to compare with')
        )
        + '. Containers that need an image from there start later. One very slow pull can do this alone.',
    },
  },

  // --- Waits in the queue of a node, those that last included.

  local waits = 'node:pullwatch_pull_wait_seconds:sum' + window,
  local pulls = 'node:pullwatch_pull_seconds:sum' + window,
  local waiting = 'pod:pullwatch_pull_waiting_seconds:max',
  local start = 'pullwatch_pull_running_start_timestamp_seconds',
  local unblocked = 'pullwatch_pull_running_unblocked_timestamp_seconds',
  local ofNode = promql.by([cluster, 'node']),
  local ended(metric) = 'max ' + ofNode + ' (' + increase(metric) + ')',

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
        'On node {{ $labels.node }}' + ofCluster + ' image pulls of the last ' + window + ' waited about {{ $value | humanizeDuration }} together until the node began them'
        + asked('node', pulls + '{}', ', while the pulls there took {{ . | value | humanizeDuration }}')
        + '. Containers start later than their own image explains.'
        + asked(
          'node',
          'topk(1, ' + waiting + '{})',
          ' Longest in the queue now: pod {{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.workload }} ({{ . }}){{ end }}, image {{ .Labels.image }}, {{ . | value | humanizeDuration }}.'
        )
        + ' Pulls in its queue now: ' + asked('node', 'count(' + waiting + '{})', '{{ . | value }}', 'none') + '.',
    },
  },

  prometheusAlerts+:: {
    groups+: [{
      name: 'pullwatch.wide',
      rules: node.recorded + [slowNode] + registry.recorded + [slowRepositories, slowRegistry] + throughput + [slowBytes] + queue + [queueing],
    }],
  },
}

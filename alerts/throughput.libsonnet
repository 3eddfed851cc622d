// A registry whose bytes come slowly, beside its own past and beside the others.
//
// Compressed and uncompressed bytes are two things, and what is neither is left out. A throughput is a quotient of sums, which is right
// where two instances of the exporter overlap, and where one took over from another.
{
  local config = self._config,
  local cluster = config.clusterLabel,
  local promql = (import 'lib/promql.libsonnet')(config),
  local texts = (import 'lib/texts.libsonnet')(config),

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
    { record: bytes, expr: 'sum ' + promql.by(kinds) + ' (' + promql.increase('pullwatch_pull_image_bytes_total', now, [known]) + ')' },
    { record: seconds, expr: 'sum ' + promql.by(kinds) + ' (' + promql.increase('pullwatch_pull_sized_seconds_total', now, [known]) + ')' },
    // No metric counts the pulls of one kind: the steps of its counter do, but for pulls that end between two scrapes.
    { record: ends, expr: promql.oneInstance(kinds, 'changes(' + promql.series('pullwatch_pull_image_bytes_total', [known]) + '[' + now + '])') },
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
    texts.ask(series + '{}', '{' + cluster + '=%q, registry=%q, size_kind=%q}', ['$labels.' + cluster, '$labels.registry', '.Labels.size_kind']), text, otherwise
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
        'Image pulls from {{ $labels.registry }}' + texts.ofCluster + ' came at {{ $value | humanizePercentage }} of their usual speed in the last ' + now
        + texts.of(
          'registry',
          'bottomk(1, ' + fallen + '{})',
          ofKind(gives, ': {{ . | value | humanize }}B/s ({{ .Labels.size_kind }})')
          + ofKind(usual, ' after {{ . | value | humanize }}B/s in the last ' + config.usualWindow)
          + ofKind(elsewhere, '; other registries give {{ . | value | humanize }}B/s', '; no other one is pulled from enough to compare with')
        )
        + '. Containers that need an image from there start later. One very slow pull can do this alone.',
    },
  },

  prometheusAlerts+:: {
    groups+: [{ name: 'pullwatch.throughput', rules: throughput + [slowBytes] }],
  },
}

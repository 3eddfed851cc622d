// What the dashboards read: counts of each five minutes and of each hour, small enough to be summed up over a month.
//
// A tile holds what its own minutes saw and nothing of its neighbours, so that the sum of tiles is the count of a longer time.
// For that it looks back one scrape further than it is long: the last sample of the tile before is where it begins, and a first
// pull between two tiles is in one of them. rate() makes it the tile's own length again. It ends a scrape ago: a newer one may be on
// its way, and would be in no tile, neither in this one nor as the begin of the next. With scrapes 30 s apart counts are
// exact but for a child that began at 0 within the tile, which may be off by a tenth, and by a third where it is two scrapes
// old; with other scrapes they are right on average.
//
// Two instances that overlap in a rollout count the same pulls, so of each child the largest counts: a sum would make two of
// each. Where one ends and another begins within a tile, the smaller part is lost, unless there is a checkpoint.
// Nothing is muted here.
{
  local config = self._config,
  local cluster = config.clusterLabel,
  local promql = (import 'lib/promql.libsonnet')(config),

  local repository = ['registry', 'repository'],

  // Tiles of one length: what is recorded of a metric by labels, summed up from its children.
  local tiles(length, seconds) = {
    grown(metric, matchers=[]):: 'rate(' + promql.series(metric, matchers) + '[' + length + '30s] offset 30s) * ' + seconds,
    children(metric, child, matchers=[])::
      'max ' + promql.by([cluster] + child) + ' (' + self.grown(metric, matchers) + ')',
    sum(metric, labels, child)::
      local children = self.children(metric, child);
      if labels == child then children else 'sum ' + promql.by([cluster] + labels) + ' (' + children + ')',
    name(level, what):: level + ':pullwatch_' + what + ':increase' + length,
  },

  local minutes = tiles('5m', 300),
  local hours = tiles('1h', 3600),

  // --- By registry.

  // All edges, so that shares and quantiles of several tiles come out right; but of those registries alone that pulled.
  local histogram(what, parts) =
    local metric = 'pullwatch_' + what;
    local pulled = '(' + minutes.sum(metric + '_count', ['registry'], repository) + ' > 0)';
    [
      {
        local labels = if part == 'bucket' then ['le'] else [],
        record: minutes.name('registry', what + '_' + part),
        expr: minutes.sum(metric + '_' + part, ['registry'] + labels, repository + labels) + '\n'
              + 'and ' + promql.on([cluster, 'registry']) + '\n'
              + pulled,
      }
      for part in parts
    ],

  local some(what, metric, label, child) = {
    record: minutes.name('registry', what),
    expr: minutes.sum(metric, ['registry', label], child) + ' > 0',
  },

  local registries =
    histogram('pull_duration_seconds', ['bucket', 'sum'])
    + histogram('pull_including_wait_seconds', ['bucket'])
    + histogram('pull_wait_seconds', ['bucket', 'sum'])
    + [
      some('pull_failures', 'pullwatch_pull_failures_total', 'reason', ['registry', 'reason']),
      some('pull_cache_hits', 'pullwatch_pull_cache_hits_total', 'kind', repository + ['kind']),
      some('pull_image_bytes', 'pullwatch_pull_image_bytes_total', 'size_kind', repository + ['size_kind']),
      some('pull_sized_seconds', 'pullwatch_pull_sized_seconds_total', 'size_kind', repository + ['size_kind']),
    ],

  // --- By kind of node.

  // What is known of nodes. Where two infos are told of one node, be it by two exporters or because its runtime was just
  // changed, each has half of its pulls: the sum stays right, and no join ends with an error.
  local infos = 'max ' + promql.by([cluster, 'node', 'pool', 'runtime_version']) + ' (' + promql.series('pullwatch_node_info') + ')',

  // A node of which nothing is known counts without these labels, and is not lost from the sums.
  local pool(what, metric) = {
    local ofNode = promql.on([cluster, 'node']),
    local grown = '(' + minutes.children(metric, ['node']) + ' > 0)',
    record: minutes.name('pool', what),
    expr: 'sum ' + promql.by([cluster, 'pool', 'runtime_version']) + ' (\n'
          + '  ' + infos + '\n'
          + '  / ' + ofNode + ' group_left () count ' + promql.by([cluster, 'node']) + ' (' + infos + ')\n'
          + '  * ' + ofNode + ' group_left () ' + grown + '\n'
          + '  or ' + ofNode + ' ' + grown + '\n'
          + ')',
  },

  local pools = [
    pool('node_pulls', 'pullwatch_node_pull_duration_seconds_count'),
    pool('node_pull_seconds', 'pullwatch_node_pull_duration_seconds_sum'),
    pool('node_failures', 'pullwatch_node_failures_total'),
    pool('node_wait_seconds', 'pullwatch_node_wait_seconds_total'),
  ],

  // --- By cluster. 0 is worth a sample here: it says that nothing was missed, and not that nobody knows.

  local ofCluster(what) = {
    record: minutes.name('cluster', what),
    expr: minutes.sum('pullwatch_' + what + '_total', [], ['node']),
  },

  local clusters = [ofCluster('unseen_pulls'), ofCluster('runtime_pulls'), ofCluster('runtime_pulls_seen')],

  // --- Now.

  local count(what, pulls) = {
    record: 'registry:pullwatch_' + what + ':count',
    expr: 'count ' + promql.by([cluster, 'registry']) + ' (' + pulls + ')',
  },

  local now = [
    count('pulls_running', promql.perPod(promql.series('pullwatch_pull_running_start_timestamp_seconds'))),
    count('pulls_waiting', promql.perPod(promql.series('pullwatch_pull_running_ahead')) + ' > 0'),
    // As SlowImagePull counts them: without what is muted, and with those that ended a moment ago.
    count('pulls_over_limit', 'pod:pullwatch_pull_over_limit_seconds:max > 0'),
    // Without the reason, which may be another one for another instance.
    count('pulls_failing', promql.perPod(promql.series('pullwatch_pull_failing_start_timestamp_seconds'))),
    {
      record: 'registry:pullwatch_pods_pending:sum',
      expr: 'sum ' + promql.by([cluster, 'registry'])
            + ' (max ' + promql.by([cluster, 'namespace', 'image', 'registry']) + ' (' + promql.series('pullwatch_pending_pods') + '))',
    },
  ],

  // --- By node and by repository: too many for five minutes.

  local hourly(level, what, labels, metric, child=labels) = {
    record: hours.name(level, what),
    expr: hours.sum(metric, labels, child) + ' > 0',
  },

  local ofNode(what, metric, child=['node']) = hourly('node', what, ['node'], metric, child),
  local ofRepository(what, metric, child=repository) = hourly('repository', what, repository, metric, child),

  local mean = 'node:pullwatch_pull_seconds:mean1h',
  local amongNodes(share, named) = {
    record: 'cluster:pullwatch_node_pull_seconds:' + named,
    expr: 'quantile ' + promql.by([cluster]) + ' (' + share + ', ' + mean + ')',
  },

  local byHour = [
    ofNode('pulls', 'pullwatch_node_pull_duration_seconds_count'),
    ofNode('pull_seconds', 'pullwatch_node_pull_duration_seconds_sum'),
    ofNode('wait_seconds', 'pullwatch_node_wait_seconds_total'),
    ofNode('image_bytes', 'pullwatch_node_image_bytes_total'),
    ofNode('failures', 'pullwatch_node_failures_total'),
    ofNode('cache_hits', 'pullwatch_node_cache_hits_total', ['node', 'kind']),
    { record: mean, expr: hours.name('node', 'pull_seconds') + ' / ' + hours.name('node', 'pulls') },
    amongNodes('0.5', 'median1h'),
    amongNodes('0.9', 'p90_1h'),
    ofRepository('pulls', 'pullwatch_pull_duration_seconds_count'),
    ofRepository('pull_seconds', 'pullwatch_pull_duration_seconds_sum'),
    ofRepository('wait_seconds', 'pullwatch_pull_wait_seconds_sum'),
    ofRepository('image_bytes', 'pullwatch_pull_image_bytes_total', repository + ['size_kind']),
  ],

  prometheusRules+:: {
    groups+: if !config.boards then [] else [
      { name: 'pullwatch.boards', interval: '5m', rules: registries + pools + clusters },
      { name: 'pullwatch.boards.now', rules: now },
      { name: 'pullwatch.boards.hourly', interval: '1h', rules: byHour },
    ],
  },
}

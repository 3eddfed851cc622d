// The objective: what share of pulls is there in time. Off unless `enabled` says otherwise; what it needs is recorded only then.
//
// Bad is a pull that took longer than sloSeconds with its wait, and an attempt that failed. Which windows there are and how fast
// each may use up the budget is data of the configuration.
{
  local config = self._config,
  local cluster = config.clusterLabel,
  local promql = (import 'lib/promql.libsonnet')(config),
  local texts = (import 'lib/texts.libsonnet')(config),
  local budget = 1 - config.sloTarget,

  local ended(window) = promql.increase('pullwatch_pull_including_wait_seconds_count', window),
  local ignored = if config.sloIgnoredReasons == [] then [] else ['reason!~"' + std.join('|', config.sloIgnoredReasons) + '"'],
  local failed(window) = promql.increase('pullwatch_pull_failures_total', window, ignored),
  // Pulls have a repository and failures a reason: their labels differ, so that `or` keeps both.
  local all(window) = ended(window) + ' or ' + failed(window),
  local bad(window) =
    ended(window) + ' - ignoring (le) ' + promql.increase('pullwatch_pull_including_wait_seconds_bucket', window, [promql.edge(config.sloSeconds)])
    + '\n  or ' + failed(window),

  local ratio(window) = 'cluster:pullwatch_pulls_bad:ratio' + window,
  local count(window) = 'cluster:pullwatch_pulls_ended:increase' + window,
  // Two pairs may share a window, of which there is one record.
  local once(durations) = std.foldl(function(found, duration) if std.member(found, duration) then found else found + [duration], durations, []),
  local longs = once([each.long for each in config.sloWindows]),
  local windows = once(longs + [each.short for each in config.sloWindows]),

  // A quotient of sums is right where two instances of the exporter overlap, and where one took over from another.
  local recorded = [
    {
      record: ratio(window),
      expr: 'sum ' + promql.by([cluster]) + ' (\n  ' + bad(window) + '\n)\n'
            + '/\n'
            + '(sum ' + promql.by([cluster]) + ' (' + all(window) + ') > 0)',
    }
    for window in windows
  ] + [
    // Of one instance, so that no pull counts twice. increase() says some too many where counters are a few minutes old.
    { record: count(window), expr: promql.oneInstance([cluster], all(window)) }
    for window in longs
  ],

  local percent(share) = promql.number(100 * share) + '%',
  local inCluster(query, text, otherwise) = texts.first(texts.ask(query, '{' + cluster + '=%q}', ['$labels.' + cluster]), text, otherwise),

  local burn = {
    alert: 'ImagePullSLOBurn',
    identity:: [cluster],
    // It is about all pulls of a cluster, and not about who watches them.
    board:: 'pullwatch-overview',
    expr: std.join('\nor\n', [
      '(\n'
      + '  ' + ratio(each.long) + ' > ' + promql.number(each.burn * budget) + '\n'
      + '  and ' + ratio(each.short) + ' > ' + promql.number(each.burn * budget) + '\n'
      + '  and ' + count(each.long) + ' >= ' + config.sloPulls + '\n'
      + ')'
      for each in config.sloWindows
    ]),
    keep_firing_for: config.keepFiringFor,
    labels: {},
    annotations: {
      summary: 'Image pulls use up their error budget too fast.',
      description:
        '{{ $value | humanizePercentage }} of image pulls{{ with $labels.' + cluster + ' }} of cluster {{ . }}{{ end }} took longer than '
        + config.sloSeconds + ' s with their wait, or failed; ' + percent(budget) + ' may. Pods start late or not at all. Bad pulls by window: '
        + std.join(', ', [
          inCluster(ratio(window) + '{}', '{{ . | value | humanizePercentage }} in ' + window, 'no pull in ' + window)
          for window in windows
        ]) + '.',
    },
  },

  prometheusAlerts+:: {
    groups+: [{ name: 'pullwatch.slo', rules: if config.enabled.ImagePullSLOBurn then recorded + [burn] else [] }],
  },
}

// Containers that fail to get their image, and go on failing.
//
// Both rest on when a container began to fail, which is there from its first failure on; a counter of failures would be born
// at 1 and its first increase never seen. The beginning stays when the reason changes, so that the alert of the new reason
// fires at once, while that of the former one goes on for a while: neither change looks like an all-clear.
{
  local config = self._config,
  local cluster = config.clusterLabel,
  local promql = (import 'lib/promql.libsonnet')(config),
  local texts = (import 'lib/texts.libsonnet')(config),

  local failing = 'pod:pullwatch_pull_failing_seconds:max',
  local limited = failing + '{reason="rate_limited"}',

  local recorded = {
    record: failing,
    expr: 'max ' + promql.by(promql.pod + ['reason']) + ' (time() - ' + promql.ofPods('pullwatch_pull_failing_start_timestamp_seconds') + ')',
  },

  // Within the text about a pod: the newest error and where its page is. A reason may change, so it is no label of the alert.
  local reason = '{{ .Labels.reason }} (' + texts.page('reasons/{{ .Labels.reason }}') + ')',

  local failed = {
    // A limit of the registry pages by its own name only.
    local others = std.strReplace(texts.ofAlert, '}', ', reason!="rate_limited"}'),
    local tooLong = failing + others + ' > ' + promql.number(config.failingSeconds),

    alert: 'ImagePullFailing',
    identity:: promql.identity,
    expr: 'max ' + promql.by(promql.identity) + ' (' + failing + '{reason!="rate_limited"}) > ' + promql.number(config.failingSeconds),
    keep_firing_for: config.keepFiringFor,
    labels: {},
    annotations: {
      summary: 'A container cannot get its image.',
      description:
        texts.worst(
          failing,
          ' has been failing to get {{ $labels.image }} for {{ . | value | humanizeDuration }}, and its container cannot start. Newest error: ' + reason + '. ',
          others
        )
        + 'Failing on this image: ' + texts.count(tooLong) + ', by reason:'
        + texts.each(texts.ask('count by (reason) (count by (pod, reason) (' + tooLong + '))', '', texts.alertLabels), 'reason') + '.',
    },
  },

  // Whoever pulls from a registry by one address or account shares its limit. So it is one alert for a registry, not one for each
  // of a hundred images: what helps is the same for all of them.
  local rateLimited = {
    local registry = [cluster, 'registry'],
    local ofRegistry = '{' + cluster + '=%q, registry=%q, reason="rate_limited"}',
    local labels = ['$labels.' + label for label in registry],
    local tooLong = failing + ofRegistry + ' > ' + promql.number(config.failingSeconds),
    local number(labelled) = texts.first(texts.ask('count(count by (' + labelled + ') (' + tooLong + '))', '', labels), '{{ . | value }}'),

    alert: 'ImagePullRateLimited',
    identity:: registry,
    expr: 'max ' + promql.by(registry) + ' (' + limited + ') > ' + promql.number(config.failingSeconds),
    keep_firing_for: config.keepFiringFor,
    labels: {},
    annotations: {
      summary: 'A registry refuses pulls beyond its rate limit.',
      description:
        'Registry {{ $labels.registry }} answers that too much was pulled from it. '
        + texts.worst(
          failing,
          ' has been waiting for {{ .Labels.image }} for {{ . | value | humanizeDuration }}, and its container cannot start: ' + reason + '. ',
          ofRegistry,
          labels
        )
        + 'Held up by this limit: ' + number('namespace, pod') + ' pod(s) with ' + number('image') + ' image(s) in ' + number('namespace') + ' namespace(s).',
    },
  },

  prometheusAlerts+:: {
    groups+: [{ name: 'pullwatch.failing', rules: [recorded, failed, rateLimited] }],
  },
}

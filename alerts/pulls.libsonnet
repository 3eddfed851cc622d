// Pulls that are slow or stuck, while they run.
//
// Time counts from when nothing is ahead of a pull any more: from the question on, a small image behind a large one would
// page as well. Identity is one image in one namespace: 5,000 slow pods of one image are one alert that counts them.
{
  local config = self._config,
  local cluster = config.clusterLabel,
  local promql = (import 'lib/promql.libsonnet')(config),
  local texts = (import 'lib/texts.libsonnet')(config),
  local imageOf = promql.on([cluster, 'image']),

  // In one group with the alerts, which evaluates in order: what the texts ask for is of the same moment.
  local recorded = [
    {
      // Compressed bytes where known: what a node reports of an image pulled by another runtime is another number.
      record: 'image:pullwatch_image_size_bytes:max',
      expr: 'max ' + promql.by([cluster, 'image']) + ' (' + promql.series('pullwatch_image_size_bytes', ['size_kind="compressed"']) + ')\n'
            + 'or\n'
            + 'max ' + promql.by([cluster, 'image']) + ' (' + promql.series('pullwatch_image_size_bytes') + ')',
    },
    {
      record: 'pod:pullwatch_pull_running_seconds:max',
      expr: promql.perPod('time() - ' + promql.ofPods('pullwatch_pull_running_unblocked_timestamp_seconds')),
    },
    {
      // Of a finished pull the runtime's own time.
      record: 'pod:pullwatch_pull_seconds:max',
      expr: 'pod:pullwatch_pull_running_seconds:max\n'
            + 'or\n'
            + promql.perPod(
              promql.ofPods('pullwatch_last_pull_duration_seconds')
              + ' and time() - ' + promql.ofPods('pullwatch_last_pull_end_timestamp_seconds') + ' < ' + config.finishedSeconds
            ),
    },
    {
      // Without a size there is nothing to join with; the assumed one stands in.
      record: 'pod:pullwatch_pull_over_limit_seconds:max',
      expr: 'pod:pullwatch_pull_seconds:max\n'
            + '- ' + imageOf + ' group_left ()\n'
            + '(' + config.slowBaseSeconds + ' + image:pullwatch_image_size_bytes:max / ' + config.expectedBytesPerSecond + ')\n'
            + 'or\n'
            + '(pod:pullwatch_pull_seconds:max unless ' + imageOf + ' image:pullwatch_image_size_bytes:max)\n'
            + '- (' + config.slowBaseSeconds + ' + ' + config.assumedSizeBytes + ' / ' + config.expectedBytesPerSecond + ')',
    },
  ],

  local size = texts.first(
    texts.ask('image:pullwatch_image_size_bytes:max{}', texts.ofImage, texts.imageLabels),
    'its size of {{ . | value | humanize }}B',
    'a size of ' + config.assumedSizeBytes / 1e9 + ' GB, assumed as it is not known yet'
  ),

  local over = 'pod:pullwatch_pull_over_limit_seconds:max',
  local taken = 'pod:pullwatch_pull_seconds:max',
  local running = 'pod:pullwatch_pull_running_seconds:max',
  local slow = {
    alert: 'SlowImagePull',
    identity:: promql.identity,
    expr: 'max ' + promql.by(promql.identity) + ' (' + over + ') > 0',
    keep_firing_for: config.keepFiringFor,
    labels: {},
    annotations: {
      summary: 'An image pull takes longer than its size explains.',
      description:
        texts.worst(
          over,
          ': the pull of {{ $labels.image }} '
          // Somebody who reads this minutes later must know whether there is still something to wait for.
          + texts.first(
            texts.ask(running + '{}', texts.ofPod, texts.podLabels),
            'has been running for {{ . | value | humanizeDuration }}, and the container cannot start before it ends',
            texts.first(texts.ask(taken + '{}', texts.ofPod, texts.podLabels), 'took {{ . | value | humanizeDuration }} and has ended'),
          )
          + '.' + texts.cause
          // The same labels twice: what the limit is follows from both.
          + texts.first(
            'query (printf `max(' + taken + texts.ofPod + ') - max(' + over + texts.ofPod + ')` ' + std.join(' ', texts.podLabels + texts.podLabels) + ')',
            ' {{ . | value | humanizeDuration }} is the limit for '
          )
        ) + size + '. Too slow for this image: ' + texts.count(over + '{} > 0') + '.',
    },
  },

  // An alert about an image has no node, so that of its node cannot inhibit it. This one stands between them: it fires
  // with SlowImagePull of the same labels, as long as all slow pulls are on nodes that SlowImagePullsOnNode tells of.
  // Windows in place of keep_firing_for, which would hold on to it when a node is added that is not one of these.
  local lately(series) = 'max_over_time(' + series + '[' + config.keepFiringFor + '])',
  local onSlowNode = {
    alert: 'SlowImagePullOnSlowNode',
    identity:: promql.identity,
    expr: 'max ' + promql.by(promql.identity) + ' (' + lately(over) + ') > 0\n'
          + 'unless ' + promql.on(promql.identity) + '\n'
          + '(\n'
          + '  ' + lately(over) + ' > 0\n'
          + '  unless ' + promql.on([cluster, 'node']) + '\n'
          + '  ' + lately(promql.overEdge('node')) + ' > ' + promql.number(config.wideShare) + '\n'
          + ')',
    // Bridges the evaluation by which a window may end before keep_firing_for of the others does.
    keep_firing_for: '2m',
    labels: {},
    annotations: {
      summary: 'All slow pulls of an image are on slow nodes.',
      description:
        'This is for Alertmanager and for nobody to act on: it keeps SlowImagePull of {{ $labels.image }} in namespace {{ $labels.namespace }} '
        + 'quiet while SlowImagePullsOnNode tells of every node on which the image is slow.',
    },
  },

  local stuck(matchers, severity) = {
    alert: 'ImagePullStuck',
    identity:: promql.identity,
    expr: 'max ' + promql.by(promql.identity) + ' (' + running + matchers + ') > ' + config.stuckSeconds,
    keep_firing_for: config.keepFiringFor,
    labels: { severity: severity },
    annotations: {
      summary: 'An image pull has been running for far too long.',
      description:
        texts.worst(running, ': the pull of {{ $labels.image }} has been running for {{ $value | humanizeDuration }}.' + texts.cause)
        + ' The container cannot start before it ends. Stuck on this image: ' + texts.count(running + '{} > ' + config.stuckSeconds) + '.',
    },
  },
  local critical = std.join('|', config.criticalNamespaces),

  prometheusAlerts+:: {
    groups+: [{
      name: 'pullwatch.pulls',
      rules: recorded + [slow, onSlowNode] + (
        // Two rules of one severity would be one rule written twice.
        if critical == '' || config.severities.ImagePullStuck == 'critical' then [stuck('', config.severities.ImagePullStuck)]
        else [
          stuck('{namespace!~"' + critical + '"}', config.severities.ImagePullStuck),
          stuck('{namespace=~"' + critical + '"}', 'critical'),
        ]
      ),
    }],
  },
}

// Pulls that are slow or stuck, while they run.
//
// Time counts from when nothing is ahead of a pull any more: from the question on, a small image behind a large one would
// page as well. Identity is one image in one namespace: 5,000 slow pods of one image are one alert that counts them.
{
  local config = self._config,
  local cluster = config.clusterLabel,
  local identity = [cluster, 'namespace', 'image', 'registry'],
  local by(labels) = 'by (' + std.join(', ', labels) + ')',
  local pod = [cluster, 'namespace', 'pod', 'container', 'workload', 'node', 'image', 'registry', 'repository'],
  local imageOf = 'on (' + cluster + ', image)',

  // Two replicas, or one that restarted, show the same pull with another instance: max makes them one.
  local perPod(expression) = 'max ' + by(pod) + ' (' + expression + ')',

  // In one group with the alerts, which evaluates in order: what the texts ask for is of the same moment.
  local recorded = [
    {
      // Compressed bytes where known: what a node reports of an image pulled by another runtime is another number.
      record: 'image:pullwatch_image_size_bytes:max',
      expr: 'max ' + by([cluster, 'image']) + ' (pullwatch_image_size_bytes{size_kind="compressed"})\n'
            + 'or\n'
            + 'max ' + by([cluster, 'image']) + ' (pullwatch_image_size_bytes)',
    },
    {
      record: 'pod:pullwatch_pull_running_seconds:max',
      expr: perPod('time() - pullwatch_pull_running_unblocked_timestamp_seconds'),
    },
    {
      // Of a finished pull the runtime's own time.
      record: 'pod:pullwatch_pull_seconds:max',
      expr: 'pod:pullwatch_pull_running_seconds:max\n'
            + 'or\n'
            + perPod('pullwatch_last_pull_duration_seconds and time() - pullwatch_last_pull_end_timestamp_seconds < ' + config.finishedSeconds),
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

  // Texts. A query in them asks for the pulls of this alert alone; %q quotes what users of the cluster may have written.
  local ofImage = '{' + cluster + '=%q, image=%q}',
  local ofAlert = '{' + cluster + '=%q, namespace=%q, image=%q, registry=%q}',
  local ofPod = '{' + cluster + '=%q, namespace=%q, pod=%q, container=%q, image=%q}',
  local ask(query, selectors, labels) =
    'query (printf `' + std.strReplace(query, '{}', selectors) + '` ' + std.join(' ', labels) + ')',
  local alertLabels = ['$labels.' + label for label in identity],
  local podLabels = ['$labels.' + cluster, '$labels.namespace', '.Labels.pod', '.Labels.container', '$labels.image'],
  local first(query, text, otherwise='') =
    '{{ with ' + query + ' }}{{ with . | first }}' + text + '{{ end }}' + (if otherwise == '' then '' else '{{ else }}' + otherwise) + '{{ end }}',

  // What follows is about the pull that the metric ranks highest.
  local worst(metric, text) = first(
    ask('topk(1, ' + metric + '{})', ofAlert, alertLabels),
    'Pod {{ $labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.workload }} ({{ . }}){{ end }}'
    + '{{ with .Labels.node }} on node {{ . }}{{ end }}' + text
  ),
  // A pod whose containers share the image is one pod.
  local count(condition) = first(ask('count(count by (pod) (' + condition + '))', ofAlert, alertLabels), '{{ . | value }}') + ' pod(s)',
  local size = first(
    ask('image:pullwatch_image_size_bytes:max{}', ofImage, ['$labels.' + cluster, '$labels.image']),
    'its size of {{ . | value | humanize }}B',
    'a size of ' + config.assumedSizeBytes / 1e9 + ' GB, assumed as it is not known yet'
  ),

  local over = 'pod:pullwatch_pull_over_limit_seconds:max',
  local taken = 'pod:pullwatch_pull_seconds:max',
  local running = 'pod:pullwatch_pull_running_seconds:max',
  local slow = {
    alert: 'SlowImagePull',
    identity:: identity,
    expr: 'max ' + by(identity) + ' (' + over + ') > 0',
    keep_firing_for: config.keepFiringFor,
    labels: {},
    annotations: {
      summary: 'An image pull takes longer than its size explains.',
      description:
        worst(
          over,
          ': the pull of {{ $labels.image }} '
          // Somebody who reads this minutes later must know whether there is still something to wait for.
          + first(
            ask(running + '{}', ofPod, podLabels),
            'has been running for {{ . | value | humanizeDuration }}, and the container cannot start before it ends',
            first(ask(taken + '{}', ofPod, podLabels), 'took {{ . | value | humanizeDuration }} and has ended'),
          )
          // The same labels twice: what the limit is follows from both.
          + first(
            'query (printf `max(' + taken + ofPod + ') - max(' + over + ofPod + ')` ' + std.join(' ', podLabels + podLabels) + ')',
            '. {{ . | value | humanizeDuration }} is the limit for '
          )
        ) + size + '. Too slow for this image: ' + count(over + '{} > 0') + '.',
    },
  },

  local stuck(selector, severity) = {
    alert: 'ImagePullStuck',
    identity:: identity,
    expr: 'max ' + by(identity) + ' (' + running + selector + ') > ' + config.stuckSeconds,
    keep_firing_for: config.keepFiringFor,
    labels: { severity: severity },
    annotations: {
      summary: 'An image pull has been running for far too long.',
      description:
        worst(running, ': the pull of {{ $labels.image }} has been running for {{ $value | humanizeDuration }}.')
        + ' The container cannot start before it ends. A pull that the runtime gives up earlier counts as a failure and not as this. '
        + 'Stuck on this image: ' + count(running + '{} > ' + config.stuckSeconds) + '.',
    },
  },
  local critical = std.join('|', config.criticalNamespaces),

  prometheusAlerts+:: {
    groups+: [{
      name: 'pullwatch.pulls',
      rules: recorded + [slow] + (
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

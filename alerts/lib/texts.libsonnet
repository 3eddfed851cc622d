// How texts of alerts ask for what they name. A query in them asks for the pulls of this alert alone; %q quotes what users
// of the cluster may have written.
function(config) {
  local cluster = config.clusterLabel,
  local identity = [cluster, 'namespace', 'image', 'registry'],
  // A selector within the backticks of a printf: neither a verb nor the end of the text.
  local quoted(selector) = std.strReplace(std.strReplace(selector, '%', '%%'), '`', '\\x60'),
  local promql = (import 'promql.libsonnet')(config { metricSelector: quoted(config.metricSelector) }),

  // Selectors of what the alert is about, of its image, and of the pod that is the sample of the query around.
  ofAlert: '{' + cluster + '=%q, namespace=%q, image=%q, registry=%q}',
  ofImage: '{' + cluster + '=%q, image=%q}',
  ofPod: '{' + cluster + '=%q, namespace=%q, pod=%q, container=%q, image=%q}',
  alertLabels: ['$labels.' + label for label in identity],
  imageLabels: ['$labels.' + cluster, '$labels.image'],
  podLabels: ['$labels.' + cluster, '$labels.namespace', '.Labels.pod', '.Labels.container', '$labels.image'],

  // " of cluster east", where a label says so.
  ofCluster: '{{ with $labels.' + cluster + ' }} of cluster {{ . }}{{ end }}',

  // The text for what a query says of the node or registry that an alert is about.
  of(label, query, text, otherwise=''):
    self.first(self.ask(query, '{' + cluster + '=%q, ' + label + '=%q}', ['$labels.' + cluster, '$labels.' + label]), text, otherwise),

  // {} in the query stands for the selectors, whose values the labels are.
  ask(query, selectors, labels):
    'query (printf `' + std.strReplace(query, '{}', selectors) + '` ' + std.join(' ', labels) + ')',

  // The text for the first sample of a query, or what is said where it has none.
  first(query, text, otherwise=''):
    '{{ with ' + query + ' }}{{ with . | first }}' + text + '{{ end }}' + (if otherwise == '' then '' else '{{ else }}' + otherwise) + '{{ end }}',

  // Label and number of each sample of a query, in the order of that label.
  each(query, label):
    '{{ range $position, $sample := ' + query + ' | sortByLabel "' + label + '" }}{{ if $position }},{{ end }} '
    + '{{ $sample.Labels.' + label + ' }} {{ $sample | value }}{{ end }}',

  // What follows is about the pod of this alert that the metric ranks highest.
  worst(metric, text, selectors=self.ofAlert, labels=self.alertLabels): self.first(
    self.ask('topk(1, ' + metric + '{})', selectors, labels),
    'Pod {{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.workload }} ({{ . }}){{ end }}'
    + '{{ with .Labels.node }} on node {{ . }}{{ end }}' + text
  ),

  // How many pods the condition holds for. A pod whose containers share the image is one pod.
  count(condition): self.first(
    self.ask('count(count by (pod) (' + condition + '))', self.ofAlert, self.alertLabels), '{{ . | value }}'
  ) + ' pod(s)',

  // Where a page stands that is no alert's.
  page(name): std.strReplace(config.runbookURLPattern, '%s', name),

  // Within `worst`: why that pull is slow, where somebody told.
  cause: self.first(
    self.ask('pullwatch_pull_cause_info{}', self.ofPod, self.podLabels),
    ' Likely cause: {{ .Labels.cause }} (' + self.page('causes/{{ .Labels.cause }}') + ').'
  ),

  // Of an alert that names a registry: how much of it comes from the other nodes, where Spegel runs.
  mirror: if config.joins.spegel == false then '' else self.first(
    self.ask('registry:spegel_mirror_hits:ratio30m{}', '{' + cluster + '=%q, registry=%q}', ['$labels.' + cluster, '$labels.registry']),
    ' Of what nodes ask their mirrors for, {{ . | value | humanizePercentage }} comes from other nodes.'
  ),

  // Of an alert about a cluster: pods that wait for an image by kube-state-metrics and that this metric of pullwatch lacks.
  waitingUnknown(metric): if config.joins.kubeStateMetrics == false then '' else
    local pods = ' (' + cluster + ', namespace, pod) ';
    self.first(
      self.ask(
        'count(count by' + pods + '(pod:kube_image_waiting:max{' + cluster + '=%q}) unless on' + pods + promql.series(metric, [cluster + '=%q']) + ')',
        '',
        ['$labels.' + cluster, '$labels.' + cluster]
      ),
      ' kube-state-metrics knows {{ . | value }} pod(s) that cannot get an image and of which pullwatch knows nothing.'
    ),
}

// How texts of alerts ask for what they name. A query in them asks for the pulls of this alert alone; %q quotes what users
// of the cluster may have written.
function(config) {
  local cluster = config.clusterLabel,
  local identity = [cluster, 'namespace', 'image', 'registry'],

  // Selectors of what the alert is about, of its image, and of the pod that is the sample of the query around.
  ofAlert: '{' + cluster + '=%q, namespace=%q, image=%q, registry=%q}',
  ofImage: '{' + cluster + '=%q, image=%q}',
  ofPod: '{' + cluster + '=%q, namespace=%q, pod=%q, container=%q, image=%q}',
  alertLabels: ['$labels.' + label for label in identity],
  imageLabels: ['$labels.' + cluster, '$labels.image'],
  podLabels: ['$labels.' + cluster, '$labels.namespace', '.Labels.pod', '.Labels.container', '$labels.image'],

  // {} in the query stands for the selectors, whose values the labels are.
  ask(query, selectors, labels):
    'query (printf `' + std.strReplace(query, '{}', selectors) + '` ' + std.join(' ', labels) + ')',

  // The text for the first sample of a query, or what is said where it has none.
  first(query, text, otherwise=''):
    '{{ with ' + query + ' }}{{ with . | first }}' + text + '{{ end }}' + (if otherwise == '' then '' else '{{ else }}' + otherwise) + '{{ end }}',

  // What follows is about the pod of this alert that the metric ranks highest.
  worst(metric, text): self.first(
    self.ask('topk(1, ' + metric + '{})', self.ofAlert, self.alertLabels),
    'Pod {{ $labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.workload }} ({{ . }}){{ end }}'
    + '{{ with .Labels.node }} on node {{ . }}{{ end }}' + text
  ),

  // How many pods the condition holds for. A pod whose containers share the image is one pod.
  count(condition): self.first(
    self.ask('count(count by (pod) (' + condition + '))', self.ofAlert, self.alertLabels), '{{ . | value }}'
  ) + ' pod(s)',

  // Within `worst`: why that pull is slow, where somebody told.
  cause: self.first(
    self.ask('pullwatch_pull_cause_info{}', self.ofPod, self.podLabels),
    ' Likely cause: {{ .Labels.cause }} (' + std.strReplace(config.runbookURLPattern, '%s', 'causes/{{ .Labels.cause }}') + ').'
  ),
}

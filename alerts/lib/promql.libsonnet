// How expressions are written: explicit labels, and selectors that follow the configuration.
function(config) {
  local cluster = config.clusterLabel,
  local braces(matchers) = local kept = [matcher for matcher in matchers if matcher != '']; if kept == [] then '' else '{' + std.join(', ', kept) + '}',
  local none(label, patterns) = if patterns == [] then '' else label + '!~"' + std.join('|', [std.strReplace(std.strReplace(pattern, '\\', '\\\\'), '"', '\\"') for pattern in patterns]) + '"',

  // As somebody would write it: 0.3, and not the digits that a binary fraction has.
  number(value): '%.12g' % value,

  // Share of the pulls of a node or registry that took longer than the fixed edge; recorded with the wide alerts.
  overEdge(label): label + ':pullwatch_pulls_over_edge:ratio' + config.wideWindow,

  // A bucket's edge as the exporter writes it: "60.0" and "60" are different series.
  edge(seconds): 'le="' + seconds + (if seconds == std.floor(seconds) then '.0' else '') + '"',

  by(labels): 'by (' + std.join(', ', labels) + ')',
  on(labels): 'on (' + std.join(', ', labels) + ')',

  // A metric of pullwatch.
  series(name, matchers=[]): name + braces(matchers + [config.metricSelector]),

  // A metric of somebody else.
  selected(name, matchers=[]): name + braces(matchers),

  // One that names a pod's namespace and image, without what is muted.
  ofPods(name, matchers=[]): self.series(name, matchers + [none('namespace', config.mutedNamespaces), none('image', config.mutedImages)]),

  increase(name, window, matchers=[]): 'increase(' + self.series(name, matchers) + '[' + window + '])',

  // Two instances of the exporter that overlap in a rollout count the same pulls. What has to be reached is the largest of one
  // instance, which never counts a pull twice.
  oneInstance(labels, expression):
    'max ' + self.by(labels) + ' (sum ' + self.by(labels + ['job', 'instance']) + ' (' + expression + '))',

  // Clusters that an exporter led a moment ago, by what is stored: a restart of Prometheus does not begin it anew.
  ledLately:
    'max ' + self.by([cluster]) + ' (max_over_time(' + self.series('pullwatch_leader', [config.exporterSelector]) + '[' + config.exporterDownFor + '])) == 1',

  // Labels that tell one pull of a container.
  pod: [cluster, 'namespace', 'pod', 'container', 'workload', 'node', 'image', 'registry', 'repository'],

  // Two replicas, or one that restarted, show the same pull with another instance: max makes them one.
  perPod(expression): 'max ' + self.by(self.pod) + ' (' + expression + ')',

  // What alerts about an image are told apart by: 5,000 slow pods of one image are one alert.
  identity: [cluster, 'namespace', 'image', 'registry'],
}

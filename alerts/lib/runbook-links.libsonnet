// Stamps links on every alert: its runbook, and the view of what it is about, filled in from its labels. Leaves out the
// alerts that are switched off, and groups without rules.
{
  local config = self._config,

  local variables = { [config.clusterLabel]: 'cluster', namespace: 'namespace', image: 'image', registry: 'registry', node: 'node' },

  // Labels that the alert has, as query parameters; the template engine escapes them.
  local query(prefix, identity) = std.join('&', [
    prefix + variables[label] + '={{ $labels.' + label + ' | urlquery }}'
    for label in identity
    if std.objectHas(variables, label)
  ]),

  // The board that answers for what an alert is about: an image, a node or a registry, or the watcher of a whole cluster.
  // Each has a variable for every label of these alerts, and an alert that fits none of it names its `board` itself.
  local board(rule) =
    if std.objectHasAll(rule, 'board') then rule.board
    else if std.member(rule.identity, 'image') then 'pullwatch-image'
    else if std.member(rule.identity, 'node') || std.member(rule.identity, 'registry') then 'pullwatch-node-registry'
    else 'pullwatch-watcher',

  local dashboard(rule) =
    if config.grafanaURL == ''
    then config.exporterURL + '/?' + query('', rule.identity)
    else config.grafanaURL + '/d/' + board(rule) + '?' + query('var-', rule.identity),

  local stamped(rule) =
    if !std.objectHas(rule, 'alert') then rule else rule {
      labels: { severity: config.severities[rule.alert] } + rule.labels,
      annotations+: {
        runbook_url: std.strReplace(config.runbookURLPattern, '%s', rule.alert),
        dashboard_url: dashboard(rule),
      },
    },

  prometheusAlerts+:: {
    groups: [
      group
      for group in [
        group { rules: [stamped(rule) for rule in group.rules if !std.objectHas(rule, 'alert') || config.enabled[rule.alert]] }
        for group in super.groups
      ]
      if group.rules != []
    ],
  },
}

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

  local dashboard(identity) =
    if config.grafanaURL == ''
    then config.exporterURL + '/?' + query('', identity)
    else config.grafanaURL + '/d/pullwatch-overview?' + query('var-', identity),

  local stamped(rule) =
    if !std.objectHas(rule, 'alert') then rule else rule {
      labels: { severity: config.severities[rule.alert] } + rule.labels,
      annotations+: {
        runbook_url: std.strReplace(config.runbookURLPattern, '%s', rule.alert),
        dashboard_url: dashboard(rule.identity),
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

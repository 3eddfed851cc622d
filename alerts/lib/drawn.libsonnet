// What dashboards draw of the configuration: each number and text of it, and what follows from them. A declaration in
// dashboards/ writes such a value and computes nothing, so that `render` and jsonnet draw the same; what needs computing is here.
function(config) {
  local promql = (import 'promql.libsonnet')(config),

  // As numbers go into JSON, and texts as they are.
  values: {
    [key]: config[key]
    for key in std.objectFields(config)
    if std.isNumber(config[key]) || std.isString(config[key])
  } + {
    // What the alerts allow an image of which no size is known.
    assumedLimitSeconds: config.slowBaseSeconds + config.assumedSizeBytes / config.expectedBytesPerSecond,
  },

  // As they are written within a text.
  texts: { [key]: if std.isNumber($.values[key]) then promql.number($.values[key]) else $.values[key] for key in std.objectFields($.values) },
}

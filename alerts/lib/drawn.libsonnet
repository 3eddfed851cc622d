// What dashboards draw of the configuration: each number and text of it, and what follows from them. A declaration in
// dashboards/ writes such a value and computes nothing, so that `render` and jsonnet draw the same; what needs computing is here.
function(config) {
  local promql = (import 'promql.libsonnet')(config),

  // Edges of the histograms of durations, in seconds, as in exporter/pullwatch/publish/metrics.py: a test compares them.
  local edges = [1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600],

  // As numbers go into JSON, and texts as they are.
  values: {
    [key]: config[key]
    for key in std.objectFields(config)
    if std.isNumber(config[key]) || std.isString(config[key])
  } + {
    // A histogram knows shares at its edges only: the last one that a pull may reach and not be slow, or the first of all.
    inTimeSeconds: std.foldl(function(last, edge) if edge <= config.slowBaseSeconds then edge else last, edges, edges[0]),

    // The matcher for its bucket.
    inTimeEdge: promql.edge(self.inTimeSeconds),

    // What the alerts allow an image of which no size is known.
    assumedLimitSeconds: config.slowBaseSeconds + config.assumedSizeBytes / config.expectedBytesPerSecond,
  },

  // As they are written within a text.
  texts: { [key]: if std.isNumber($.values[key]) then promql.number($.values[key]) else $.values[key] for key in std.objectFields($.values) },
}

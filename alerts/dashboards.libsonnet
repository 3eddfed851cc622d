// `grafanaDashboards` and the folder that they go to, as other monitoring mixins have them. They draw what `_config` says, and read
// what `prometheusAlerts` and `prometheusRules` record: there is none where that is left out.
{
  local config = self._config,
  local drawn = (import 'lib/drawn.libsonnet')(config),
  local declared = import 'dashboards/all.libsonnet',

  grafanaDashboardFolder:: 'pullwatch',
  grafanaDashboards+:: { [file]: declared[file](drawn.values, drawn.texts) for file in std.objectFields(declared) if config.boards },
}

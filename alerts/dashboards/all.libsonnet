// Written by `make docs`: every board of dashboards/ by the name of its file.
{
  'pullwatch-image.json': import 'image.libsonnet',
  'pullwatch-node-registry.json': import 'node-and-registry.libsonnet',
  'pullwatch-overview.json': import 'overview.libsonnet',
  'pullwatch-watcher.json': import 'watcher.libsonnet',
}

// Written by `make docs`: every board of dashboards/ by the name of its file.
{
  'pullwatch-image.json': import 'image.libsonnet',
  'pullwatch-overview.json': import 'overview.libsonnet',
}

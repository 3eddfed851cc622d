// What others measure of image pulls, brought into a form that texts of alerts and runbooks read. Nothing here is needed:
// where a metric is absent, or its join is switched off, nothing is recorded and the texts leave it out.
//
// Names are those that the projects' own sources and documents give. What was not seen in a running one is marked.
{
  local config = self._config,
  local cluster = config.clusterLabel,
  local promql = (import 'lib/promql.libsonnet')(config),

  local of(join, name, matchers=[]) = promql.selected(name, matchers + [config.joins[join]]),
  local rate(join, name, matchers=[]) = 'rate(' + of(join, name, matchers) + '[30m])',

  // A share whose first part may have no series yet: nothing hit so far is 0 and not unknown.
  local share(labels, part, whole) =
    local all = 'sum ' + promql.by(labels) + ' (' + whole + ')';
    '(sum ' + promql.by(labels) + ' (' + part + ') or ' + all + ' * 0)\n'
    + '/\n'
    + '(' + all + ' > 0)',

  local recorded = {
    // Of the requests to mirrors on the nodes, the share that a peer had. Read by: texts.mirror, runbooks/causes/cache_miss.md.
    spegel: [{
      record: 'registry:spegel_mirror_hits:ratio30m',
      expr: share([cluster, 'registry'], rate('spegel', 'spegel_mirror_requests_total', ['cache="hit"']), rate('spegel', 'spegel_mirror_requests_total')),
    }],

    // Of the bytes that nodes got, the share that came from peers or from the node itself. The type's spelling was not verified
    // in a running client, so both known ones match. Read by: runbooks/causes/p2p.md.
    dragonfly: [{
      local traffic(matchers=[]) = 'rate(' + of('dragonfly', 'dragonfly_client_download_traffic', matchers) + '[30m])',
      record: 'pullwatch_cluster:dragonfly_peer_traffic:ratio30m',
      expr: share([cluster], traffic(['type!~"(?i)back_?to_?source"']), traffic()),
    }],

    // Of the layers that a pull-through cache was asked for, the share that it had. Read by: runbooks/causes/cache_miss.md.
    distribution: [{
      local blobs = ['type="blob"'],
      record: 'job:registry_proxy_hits:ratio30m',
      expr: share([cluster, 'job'], rate('distribution', 'registry_proxy_hits_total', blobs), rate('distribution', 'registry_proxy_requests_total', blobs)),
    }],

    // Pulls that the runtime works on now, its own queue included. Up to 1.7 without, from 2.0 on with `sandboxed`; the one that
    // is not used stays 0 where both are there. Read by: runbooks/KubeletImagePullSlow.md, runbooks/causes/runtime_slots.md.
    containerd: [{
      record: 'instance:containerd_image_pulls_in_progress:max',
      expr: 'max ' + promql.by([cluster, 'instance']) + ' (\n'
            + '  ' + of('containerd', 'containerd_cri_sandboxed_in_progress_image_pulls_total') + ' > 0\n'
            + '  or ' + of('containerd', 'containerd_cri_in_progress_image_pulls_total') + '\n'
            + '  or ' + of('containerd', 'containerd_cri_sandboxed_in_progress_image_pulls_total') + '\n'
            + ')',
    }],

    // Bytes per second that really came over the network, read in the source and not verified in a running one. Read by:
    // runbooks/KubeletImagePullSlow.md, runbooks/causes/registry_path.md.
    crio: [{
      record: 'instance:crio_image_pulled_bytes:rate30m',
      expr: 'sum ' + promql.by([cluster, 'instance']) + ' (' + rate('crio', 'container_runtime_crio_image_pulls_bytes_total') + ')',
    }],

    // Containers that the API server says cannot get their image: the witness that needs no Event. All reasons a kubelet gives.
    // Read by: the text of ImagePullEventsLost, runbooks/ImagePullEventsLost.md, runbooks/ImagePullFailing.md.
    kubeStateMetrics: [{
      local reasons = ['reason=~"ErrImagePull|ImagePullBackOff|ImageInspectError|ErrImageNeverPull|InvalidImageName|RegistryUnavailable|SignatureValidationFailed|ImageVolumeMountFailed"'],
      record: 'pod:kube_image_waiting:max',
      expr: 'max ' + promql.by([cluster, 'namespace', 'pod', 'container']) + ' (\n'
            + '  ' + of('kubeStateMetrics', 'kube_pod_container_status_waiting_reason', reasons) + ' == 1\n'
            + '  or ' + of('kubeStateMetrics', 'kube_pod_init_container_status_waiting_reason', reasons) + ' == 1\n'
            + ')',
    }],
  },

  prometheusAlerts+:: {
    groups+: [{
      name: 'pullwatch.joins',
      rules: std.flattenArrays([recorded[join] for join in std.objectFields(recorded) if config.joins[join] != false]),
    }],
  },
}

// Written by `make docs` from dashboards/image.dashboard.py: change that file, not this one.
function(values, texts) {
  annotations: {
    list: [
      {
        datasource: {
          type: 'prometheus',
          uid: '${datasource}',
        },
        enable: true,
        expr: 'max by (alertname, severity, ' + texts.clusterLabel + ', namespace) (ALERTS{alertstate="firing", ' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace"})',
        hide: false,
        iconColor: 'red',
        name: 'Alerts of the image',
        titleFormat: '{{alertname}} {{namespace}}',
      },
      {
        datasource: {
          type: 'prometheus',
          uid: '${datasource}',
        },
        enable: true,
        expr: 'max by (alertname, severity, ' + texts.clusterLabel + ', registry) (ALERTS{alertstate="firing", ' + texts.clusterLabel + '=~"$cluster", alertname=~".*ImagePull.*", registry="$its_registry", image=""})',
        hide: false,
        iconColor: 'orange',
        name: 'Alerts of its registry',
        titleFormat: '{{alertname}} {{registry}}',
      },
    ],
  },
  description: 'One image: is it slow, on which nodes, what is it made of, who waits for it, what fails.',
  editable: false,
  graphTooltip: 1,
  links: [
    {
      asDropdown: true,
      icon: 'external link',
      includeVars: true,
      keepTime: true,
      tags: [
        'pullwatch',
      ],
      targetBlank: false,
      title: 'pullwatch',
      tooltip: '',
      type: 'dashboards',
      url: '',
    },
  ],
  panels: [
    {
      collapsed: false,
      gridPos: {
        h: 1,
        w: 24,
        x: 0,
        y: 0,
      },
      id: 1,
      panels: [],
      title: 'Is this image slow? (the image, of the namespaces and nodes chosen)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "Containers that asked for this image and do not have it yet, those in a node's queue included. None is good, and so are many for a short while, which are a rollout. The table of running pulls below names them.",
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No pulls run now',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'text',
              },
            ],
          },
          unit: 'short',
        },
        overrides: [],
      },
      gridPos: {
        h: 4,
        w: 6,
        x: 0,
        y: 1,
      },
      id: 2,
      links: [],
      options: {
        colorMode: 'value',
        graphMode: 'none',
        justifyMode: 'auto',
        orientation: 'auto',
        reduceOptions: {
          calcs: [
            'lastNotNull',
          ],
          fields: '',
          values: false,
        },
        textMode: 'auto',
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'count(max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_pull_running_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How many pulls run now?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Running pulls that take longer than the size of the image explains. None is good. One or more: see below whether they are on one node, then follow the runbook. What the alerts mute has no limit.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No pull is over its limit',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'text',
              },
              {
                color: 'green',
                value: 0,
              },
              {
                color: 'orange',
                value: 1,
              },
            ],
          },
          unit: 'short',
        },
        overrides: [],
      },
      gridPos: {
        h: 4,
        w: 6,
        x: 6,
        y: 1,
      },
      id: 3,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: SlowImagePull',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'SlowImagePull'),
        },
      ],
      options: {
        colorMode: 'value',
        graphMode: 'none',
        justifyMode: 'auto',
        orientation: 'auto',
        reduceOptions: {
          calcs: [
            'lastNotNull',
          ],
          fields: '',
          values: false,
        },
        textMode: 'auto',
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'count(max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pod:pullwatch_pull_over_limit_seconds:max{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) > 0 and on (' + texts.clusterLabel + ', namespace, pod, container, node) max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_pull_running_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How many are over their limit?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "Since nothing was ahead of it in its node's queue. Below `How long may a pull take?` is good; above " + texts.stuckSeconds + ' s it is stuck, and seldom ends by itself: go to its node with the runbook.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No pulls run now',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'text',
              },
              {
                color: 'text',
                value: 0,
              },
              {
                color: 'red',
                value: values.stuckSeconds,
              },
            ],
          },
          unit: 's',
        },
        overrides: [],
      },
      gridPos: {
        h: 4,
        w: 6,
        x: 12,
        y: 1,
      },
      id: 4,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullStuck',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullStuck'),
        },
      ],
      options: {
        colorMode: 'value',
        graphMode: 'none',
        justifyMode: 'auto',
        orientation: 'auto',
        reduceOptions: {
          calcs: [
            'lastNotNull',
          ],
          fields: '',
          values: false,
        },
        textMode: 'auto',
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max(max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pod:pullwatch_pull_running_seconds:max{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How long has the longest worked?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Containers whose last attempt ended in an error. None is good; one that heals in a minute is a retry. `What fails, since when and why?` names the reason. _invalid stands for all names that are no reference.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No container fails now',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'text',
              },
              {
                color: 'green',
                value: 0,
              },
              {
                color: 'orange',
                value: 1,
              },
            ],
          },
          unit: 'short',
        },
        overrides: [],
      },
      gridPos: {
        h: 4,
        w: 6,
        x: 18,
        y: 1,
      },
      id: 5,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullFailing',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullFailing'),
        },
      ],
      options: {
        colorMode: 'value',
        graphMode: 'none',
        justifyMode: 'auto',
        orientation: 'auto',
        reduceOptions: {
          calcs: [
            'lastNotNull',
          ],
          fields: '',
          values: false,
        },
        textMode: 'auto',
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'count(time() - min by (' + texts.clusterLabel + ', namespace, pod, container, workload, reason) (pullwatch_pull_failing_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How many containers fail to get it?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Pods that cannot start before this image is there. None is good. A number that stays up while pulls fail is an outage of these workloads; while pulls run, it is what a faster pull would shorten.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No pods wait now',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'text',
              },
            ],
          },
          unit: 'short',
        },
        overrides: [],
      },
      gridPos: {
        h: 4,
        w: 6,
        x: 0,
        y: 5,
      },
      id: 6,
      links: [],
      options: {
        colorMode: 'value',
        graphMode: 'none',
        justifyMode: 'auto',
        orientation: 'auto',
        reduceOptions: {
          calcs: [
            'lastNotNull',
          ],
          fields: '',
          values: false,
        },
        textMode: 'auto',
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'sum(max by (' + texts.clusterLabel + ', namespace) (pullwatch_pending_pods{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace"}))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How many pods wait for it?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'The longest of the pulls that ended in this range, without its wait. Below the limit beside it is good, and no pull of 10 s or more is better. Above it, `Which nodes pulled it, and how slowly?` tells one bad node from a slow image.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No pull of 10 s or more ended',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'text',
              },
            ],
          },
          unit: 's',
        },
        overrides: [],
      },
      gridPos: {
        h: 4,
        w: 6,
        x: 6,
        y: 5,
      },
      id: 7,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: SlowImagePull',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'SlowImagePull'),
        },
      ],
      options: {
        colorMode: 'value',
        graphMode: 'none',
        justifyMode: 'auto',
        orientation: 'auto',
        reduceOptions: {
          calcs: [
            'lastNotNull',
          ],
          fields: '',
          values: false,
        },
        textMode: 'auto',
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max(max_over_time((max by (' + texts.clusterLabel + ', node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))[$__range:10m]))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'What did the slowest pull take?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: texts.slowBaseSeconds + ' s plus its size at ' + texts.expectedBytesPerSecond + ' bytes per second: the limit of the alerts. A good image has one that its pods can wait for; where not, make it smaller. Without a known size it is ' + texts.assumedLimitSeconds + ' s.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No size known yet: ' + texts.assumedLimitSeconds + ' s',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'text',
              },
            ],
          },
          unit: 's',
        },
        overrides: [],
      },
      gridPos: {
        h: 4,
        w: 6,
        x: 12,
        y: 5,
      },
      id: 8,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: SlowImagePull',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'SlowImagePull'),
        },
      ],
      options: {
        colorMode: 'value',
        graphMode: 'none',
        justifyMode: 'auto',
        orientation: 'auto',
        reduceOptions: {
          calcs: [
            'lastNotNull',
          ],
          fields: '',
          values: false,
        },
        textMode: 'auto',
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max(' + texts.slowBaseSeconds + ' + image:pullwatch_image_size_bytes:max{' + texts.clusterLabel + '=~"$cluster", image="$image"} / ' + texts.expectedBytesPerSecond + ')',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How long may a pull take?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Below 1 GB is good. Compressed is what moves; CRI-O tells uncompressed bytes, two to three times as many. A layer is one stream: where one is most of the image, split it. Layers need agents or a registry; no size is known before a first pull.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No size known yet',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'text',
              },
            ],
          },
          unit: 'decbytes',
        },
        overrides: [],
      },
      gridPos: {
        h: 4,
        w: 6,
        x: 18,
        y: 5,
      },
      id: 9,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: causes/size',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'causes/size'),
        },
      ],
      options: {
        colorMode: 'value',
        graphMode: 'none',
        justifyMode: 'auto',
        orientation: 'auto',
        reduceOptions: {
          calcs: [
            'lastNotNull',
          ],
          fields: '',
          values: false,
        },
        textMode: 'value_and_name',
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max by (size_kind) (pullwatch_image_size_bytes{' + texts.clusterLabel + '=~"$cluster", image="$image"})',
          format: 'time_series',
          instant: true,
          legendFormat: '{{size_kind}}',
          range: false,
          refId: 'A',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max(pullwatch_image_largest_layer_bytes{' + texts.clusterLabel + '=~"$cluster", image="$image"})',
          format: 'time_series',
          instant: true,
          legendFormat: 'largest layer',
          range: false,
          refId: 'B',
        },
      ],
      title: 'How large is it?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Each namespace while the image was pulled there, and for 10 minutes after. Green is good. Orange with each rollout is an image worth making smaller or pulling ahead; orange once was its registry or a node on that day.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'palette-classic',
          },
          custom: {
            fillOpacity: 70,
            lineWidth: 0,
          },
          mappings: [
            {
              options: {
                '0': {
                  color: 'green',
                  index: 0,
                  text: 'within its limit',
                },
                '1': {
                  color: 'orange',
                  index: 1,
                  text: 'over its limit',
                },
              },
              type: 'value',
            },
          ],
          noValue: 'No pulls in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 'short',
        },
        overrides: [],
      },
      gridPos: {
        h: 6,
        w: 24,
        x: 0,
        y: 9,
      },
      id: 10,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: SlowImagePull',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'SlowImagePull'),
        },
      ],
      options: {
        alignValue: 'left',
        legend: {
          displayMode: 'list',
          placement: 'bottom',
          showLegend: true,
        },
        mergeValues: true,
        rowHeight: 0.8,
        showValue: 'never',
        tooltip: {
          mode: 'single',
          sort: 'none',
        },
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max by (' + texts.clusterLabel + ', namespace) (pod:pullwatch_pull_over_limit_seconds:max{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"} > bool 0)',
          format: 'time_series',
          instant: false,
          legendFormat: '{{namespace}} {{' + texts.clusterLabel + '}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'When was it too slow, and for whom?',
      transformations: [],
      transparent: false,
      type: 'state-timeline',
    },
    {
      collapsed: false,
      gridPos: {
        h: 1,
        w: 24,
        x: 0,
        y: 15,
      },
      id: 11,
      panels: [],
      title: 'Who waits for it, and what fails? (the image, of the namespaces and nodes chosen)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Short peaks are rollouts, and good. A plateau is a pull that hangs; where failing containers are as many, it fails: the table beside it says why.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'palette-classic',
          },
          custom: {
            axisSoftMin: 0,
            drawStyle: 'line',
            fillOpacity: 8,
            lineWidth: 1,
            pointSize: 5,
            showPoints: 'auto',
            spanNulls: false,
            stacking: {
              group: 'A',
              mode: 'none',
            },
            thresholdsStyle: {
              mode: 'off',
            },
          },
          mappings: [],
          noValue: 'No pods waited in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 'short',
        },
        overrides: [
          {
            matcher: {
              id: 'byName',
              options: 'pods that wait',
            },
            properties: [
              {
                id: 'color',
                value: {
                  fixedColor: 'blue',
                  mode: 'fixed',
                },
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'containers that fail',
            },
            properties: [
              {
                id: 'color',
                value: {
                  fixedColor: 'red',
                  mode: 'fixed',
                },
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 8,
        w: 12,
        x: 0,
        y: 16,
      },
      id: 12,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullFailing',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullFailing'),
        },
      ],
      options: {
        legend: {
          calcs: [],
          displayMode: 'list',
          placement: 'bottom',
          showLegend: true,
        },
        tooltip: {
          mode: 'multi',
          sort: 'desc',
        },
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'sum(max by (' + texts.clusterLabel + ', namespace) (pullwatch_pending_pods{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace"}))',
          format: 'time_series',
          instant: false,
          legendFormat: 'pods that wait',
          range: true,
          refId: 'A',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'count(time() - min by (' + texts.clusterLabel + ', namespace, pod, container, workload, reason) (pullwatch_pull_failing_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'time_series',
          instant: false,
          legendFormat: 'containers that fail',
          range: true,
          refId: 'B',
        },
      ],
      title: 'When did pods wait, and containers fail?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Containers that fail now, by their newest reason. None is good; above ' + texts.failingSeconds + ' s it is more than a retry. A click on the reason leads to what to do about it.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'palette-classic',
          },
          custom: {
            align: 'auto',
            cellOptions: {
              type: 'auto',
            },
            filterable: true,
            inspect: false,
          },
          mappings: [],
          noValue: 'Nothing fails now',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 'short',
        },
        overrides: [
          {
            matcher: {
              id: 'byName',
              options: 'Fails for',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
              {
                id: 'thresholds',
                value: {
                  mode: 'absolute',
                  steps: [
                    {
                      color: 'text',
                    },
                    {
                      color: 'orange',
                      value: values.failingSeconds,
                    },
                  ],
                },
              },
              {
                id: 'color',
                value: {
                  mode: 'thresholds',
                },
              },
              {
                id: 'custom.cellOptions',
                value: {
                  type: 'color-text',
                },
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Containers',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 'short',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Namespace',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Workload',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Reason',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Reason',
            },
            properties: [
              {
                id: 'links',
                value: [
                  {
                    targetBlank: true,
                    title: 'What to do about it',
                    url: std.strReplace(texts.runbookURLPattern, '%s', 'reasons/${__value.raw:percentencode}'),
                  },
                ],
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 8,
        w: 12,
        x: 12,
        y: 16,
      },
      id: 13,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullFailing',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullFailing'),
        },
      ],
      options: {
        cellHeight: 'sm',
        footer: {
          countRows: false,
          reducer: [
            'sum',
          ],
          show: false,
        },
        showHeader: true,
        sortBy: [
          {
            desc: true,
            displayName: 'Fails for',
          },
        ],
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max by (' + texts.clusterLabel + ', namespace, workload, reason) (time() - min by (' + texts.clusterLabel + ', namespace, pod, container, workload, reason) (pullwatch_pull_failing_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'count by (' + texts.clusterLabel + ', namespace, workload, reason) (time() - min by (' + texts.clusterLabel + ', namespace, pod, container, workload, reason) (pullwatch_pull_failing_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'B',
        },
      ],
      title: 'What fails, since when and why?',
      transformations: [
        {
          id: 'merge',
          options: {},
        },
        {
          id: 'organize',
          options: {
            excludeByName: {
              Time: true,
              [texts.clusterLabel]: true,
            },
            indexByName: {
              'Value #A': 3,
              'Value #B': 4,
              namespace: 0,
              reason: 2,
              workload: 1,
            },
            renameByName: {
              'Value #A': 'Fails for',
              'Value #B': 'Containers',
              namespace: 'Namespace',
              reason: 'Reason',
              workload: 'Workload',
            },
          },
        },
      ],
      transparent: false,
      type: 'table',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'The hundred oldest. None over its limit is good. A pull works once nothing is ahead of it on its node; over its limit it is slow for its size, after ' + texts.stuckSeconds + ' s of work it is stuck: go to its node with the runbook.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'palette-classic',
          },
          custom: {
            align: 'auto',
            cellOptions: {
              type: 'auto',
            },
            filterable: true,
            inspect: false,
          },
          mappings: [],
          noValue: 'No pulls run now',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 'short',
        },
        overrides: [
          {
            matcher: {
              id: 'byName',
              options: 'Asked ago',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Ahead of it',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 'short',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Works for',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
              {
                id: 'thresholds',
                value: {
                  mode: 'absolute',
                  steps: [
                    {
                      color: 'text',
                    },
                    {
                      color: 'red',
                      value: values.stuckSeconds,
                    },
                  ],
                },
              },
              {
                id: 'color',
                value: {
                  mode: 'thresholds',
                },
              },
              {
                id: 'custom.cellOptions',
                value: {
                  type: 'color-text',
                },
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Limit',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Over limit',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
              {
                id: 'thresholds',
                value: {
                  mode: 'absolute',
                  steps: [
                    {
                      color: 'text',
                    },
                    {
                      color: 'orange',
                      value: 0,
                    },
                  ],
                },
              },
              {
                id: 'color',
                value: {
                  mode: 'thresholds',
                },
              },
              {
                id: 'custom.cellOptions',
                value: {
                  type: 'color-text',
                },
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Namespace',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Workload',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Node',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Pod',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Node',
            },
            properties: [
              {
                id: 'links',
                value: [
                  {
                    title: 'Show this node',
                    url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&var-node=${__value.raw:percentencode}&${__url_time_range}',
                  },
                ],
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Pod',
            },
            properties: [
              {
                id: 'custom.width',
                value: 280,
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 6,
        w: 24,
        x: 0,
        y: 24,
      },
      id: 14,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullStuck',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullStuck'),
        },
      ],
      options: {
        cellHeight: 'sm',
        footer: {
          countRows: false,
          reducer: [
            'sum',
          ],
          show: false,
        },
        showHeader: true,
        sortBy: [
          {
            desc: true,
            displayName: 'Asked ago',
          },
        ],
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'topk(100, time() - max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_pull_running_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_pull_running_ahead{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) and on (' + texts.clusterLabel + ', namespace, pod, container, node) topk(100, time() - max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_pull_running_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'B',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pod:pullwatch_pull_running_seconds:max{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) and on (' + texts.clusterLabel + ', namespace, pod, container, node) topk(100, time() - max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_pull_running_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'C',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pod:pullwatch_pull_running_seconds:max{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) - max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pod:pullwatch_pull_over_limit_seconds:max{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) and on (' + texts.clusterLabel + ', namespace, pod, container, node) topk(100, time() - max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_pull_running_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'D',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pod:pullwatch_pull_over_limit_seconds:max{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) > 0 and on (' + texts.clusterLabel + ', namespace, pod, container, node) topk(100, time() - max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_pull_running_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'E',
        },
      ],
      title: 'Which pulls run, and where?',
      transformations: [
        {
          id: 'merge',
          options: {},
        },
        {
          id: 'organize',
          options: {
            excludeByName: {
              Time: true,
              container: true,
              [texts.clusterLabel]: true,
            },
            indexByName: {
              'Value #A': 4,
              'Value #B': 5,
              'Value #C': 6,
              'Value #D': 7,
              'Value #E': 8,
              namespace: 0,
              node: 2,
              pod: 3,
              workload: 1,
            },
            renameByName: {
              'Value #A': 'Asked ago',
              'Value #B': 'Ahead of it',
              'Value #C': 'Works for',
              'Value #D': 'Limit',
              'Value #E': 'Over limit',
              namespace: 'Namespace',
              node: 'Node',
              pod: 'Pod',
              workload: 'Workload',
            },
          },
        },
      ],
      transparent: false,
      type: 'table',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Pulls that nodes with an agent work on; layers that were there already are left out. Shares that grow are good. One layer left: remedies/layer_shape. Unpacking above download: the disk or one core of that node. The runtime knows no tag before the end.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'palette-classic',
          },
          custom: {
            align: 'auto',
            cellOptions: {
              type: 'auto',
            },
            filterable: true,
            inspect: false,
          },
          mappings: [],
          noValue: 'No agent tells of a pull of this repository now',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 'short',
        },
        overrides: [
          {
            matcher: {
              id: 'byName',
              options: 'Fetched',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 'decbytes',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'To fetch',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 'decbytes',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Layers left',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 'short',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Longest download',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Longest unpacking',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Share',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 'percentunit',
              },
              {
                id: 'mappings',
                value: [
                  {
                    options: {
                      match: 'nan',
                      result: {
                        index: 0,
                        text: '-',
                      },
                    },
                    type: 'special',
                  },
                ],
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Node',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Node',
            },
            properties: [
              {
                id: 'links',
                value: [
                  {
                    title: 'Show this node',
                    url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&var-node=${__value.raw:percentencode}&${__url_time_range}',
                  },
                ],
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 6,
        w: 24,
        x: 0,
        y: 30,
      },
      id: 15,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullStuck',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullStuck'),
        },
      ],
      options: {
        cellHeight: 'sm',
        footer: {
          countRows: false,
          reducer: [
            'sum',
          ],
          show: false,
        },
        showHeader: true,
        sortBy: [
          {
            desc: true,
            displayName: 'To fetch',
          },
        ],
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'sum by (' + texts.clusterLabel + ', node, digest) (max by (' + texts.clusterLabel + ', node, digest, layer) (pullwatch_layer_downloaded_bytes{' + texts.clusterLabel + '=~"$cluster", node=~"$node", repository="$its_repository"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'sum by (' + texts.clusterLabel + ', node, digest) (max by (' + texts.clusterLabel + ', node, digest, layer) (pullwatch_layer_size_bytes{' + texts.clusterLabel + '=~"$cluster", node=~"$node", repository="$its_repository"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'B',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'count by (' + texts.clusterLabel + ', node, digest) (max by (' + texts.clusterLabel + ', node, digest, layer) (pullwatch_layer_size_bytes{' + texts.clusterLabel + '=~"$cluster", node=~"$node", repository="$its_repository"}) > max by (' + texts.clusterLabel + ', node, digest, layer) (pullwatch_layer_downloaded_bytes{' + texts.clusterLabel + '=~"$cluster", node=~"$node", repository="$its_repository"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'C',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max by (' + texts.clusterLabel + ', node, digest) (pullwatch_layer_seconds{' + texts.clusterLabel + '=~"$cluster", node=~"$node", repository="$its_repository", phase="download"})',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'D',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max by (' + texts.clusterLabel + ', node, digest) (pullwatch_layer_seconds{' + texts.clusterLabel + '=~"$cluster", node=~"$node", repository="$its_repository", phase="unpack"})',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'E',
        },
      ],
      title: 'How far are running pulls of its repository?',
      transformations: [
        {
          id: 'merge',
          options: {},
        },
        {
          id: 'calculateField',
          options: {
            alias: 'Share',
            binary: {
              left: 'Value #A',
              operator: '/',
              right: 'Value #B',
            },
            mode: 'binary',
            replaceFields: false,
          },
        },
        {
          id: 'organize',
          options: {
            excludeByName: {
              Time: true,
              digest: true,
              [texts.clusterLabel]: true,
            },
            indexByName: {
              Share: 6,
              'Value #A': 1,
              'Value #B': 2,
              'Value #C': 3,
              'Value #D': 4,
              'Value #E': 5,
              node: 0,
            },
            renameByName: {
              Share: 'Share',
              'Value #A': 'Fetched',
              'Value #B': 'To fetch',
              'Value #C': 'Layers left',
              'Value #D': 'Longest download',
              'Value #E': 'Longest unpacking',
              node: 'Node',
            },
          },
        },
      ],
      transparent: false,
      type: 'table',
    },
    {
      collapsed: false,
      gridPos: {
        h: 1,
        w: 24,
        x: 0,
        y: 36,
      },
      id: 16,
      panels: [],
      title: 'On which nodes is it slow? (the image; pulls of 10 s or more with their wait)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Pulls that ended within a step of 10 minutes or more, without their wait. Points that lie together, below the limit, are good. All high: image or registry. The slowest far above the others: one node, which the table beside names.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'palette-classic',
          },
          custom: {
            axisSoftMin: 0,
            drawStyle: 'points',
            fillOpacity: 8,
            lineWidth: 1,
            pointSize: 7,
            showPoints: 'auto',
            spanNulls: false,
            stacking: {
              group: 'A',
              mode: 'none',
            },
            thresholdsStyle: {
              mode: 'off',
            },
          },
          mappings: [],
          noValue: 'No pulls of 10 s or more in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 's',
        },
        overrides: [
          {
            matcher: {
              id: 'byName',
              options: 'limit of the alerts',
            },
            properties: [
              {
                id: 'color',
                value: {
                  fixedColor: 'orange',
                  mode: 'fixed',
                },
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 8,
        w: 10,
        x: 0,
        y: 37,
      },
      id: 17,
      interval: '10m',
      links: [
        {
          targetBlank: true,
          title: 'Runbook: SlowImagePull',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'SlowImagePull'),
        },
      ],
      options: {
        legend: {
          calcs: [],
          displayMode: 'list',
          placement: 'bottom',
          showLegend: true,
        },
        tooltip: {
          mode: 'multi',
          sort: 'desc',
        },
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max(max_over_time((max by (' + texts.clusterLabel + ', node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))[$__interval:10m]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'slowest node',
          range: true,
          refId: 'A',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'quantile(0.5, max_over_time((max by (' + texts.clusterLabel + ', node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))[$__interval:10m]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'median of the nodes',
          range: true,
          refId: 'B',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'min(max_over_time((max by (' + texts.clusterLabel + ', node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))[$__interval:10m]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'fastest node',
          range: true,
          refId: 'C',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max(' + texts.slowBaseSeconds + ' + image:pullwatch_image_size_bytes:max{' + texts.clusterLabel + '=~"$cluster", image="$image"} / ' + texts.expectedBytesPerSecond + ')',
          format: 'time_series',
          instant: false,
          legendFormat: 'limit of the alerts',
          range: true,
          refId: 'D',
        },
      ],
      title: 'What did single pulls take?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Of this range, the hundred slowest nodes. Times that lie together are good. One node far above: its disk or network, click on it. A wait above the pull: other images were first. Many containers on one node: it loses the image again.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'palette-classic',
          },
          custom: {
            align: 'auto',
            cellOptions: {
              type: 'auto',
            },
            filterable: true,
            inspect: false,
          },
          mappings: [],
          noValue: 'No pulls of 10 s or more in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 'short',
        },
        overrides: [
          {
            matcher: {
              id: 'byName',
              options: 'Slowest pull',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Over limit',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
              {
                id: 'thresholds',
                value: {
                  mode: 'absolute',
                  steps: [
                    {
                      color: 'text',
                    },
                    {
                      color: 'orange',
                      value: 0,
                    },
                  ],
                },
              },
              {
                id: 'color',
                value: {
                  mode: 'thresholds',
                },
              },
              {
                id: 'custom.cellOptions',
                value: {
                  type: 'color-text',
                },
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Longest wait',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Containers',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 'short',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Last ended',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Node',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Node',
            },
            properties: [
              {
                id: 'links',
                value: [
                  {
                    title: 'Show this node',
                    url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&var-node=${__value.raw:percentencode}&${__url_time_range}',
                  },
                ],
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 8,
        w: 14,
        x: 10,
        y: 37,
      },
      id: 18,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: SlowImagePullsOnNode',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'SlowImagePullsOnNode'),
        },
      ],
      options: {
        cellHeight: 'sm',
        footer: {
          countRows: false,
          reducer: [
            'sum',
          ],
          show: false,
        },
        showHeader: true,
        sortBy: [
          {
            desc: true,
            displayName: 'Slowest pull',
          },
        ],
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'topk(100, max_over_time((max by (' + texts.clusterLabel + ', node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))[$__range:10m]))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max_over_time((max by (' + texts.clusterLabel + ', node) (pod:pullwatch_pull_over_limit_seconds:max{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))[$__range:5m]) > 0 and on (' + texts.clusterLabel + ', node) topk(100, max_over_time((max by (' + texts.clusterLabel + ', node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))[$__range:10m]))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'B',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max_over_time((max by (' + texts.clusterLabel + ', node) (pullwatch_last_pull_wait_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))[$__range:10m]) and on (' + texts.clusterLabel + ', node) topk(100, max_over_time((max by (' + texts.clusterLabel + ', node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))[$__range:10m]))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'C',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'count by (' + texts.clusterLabel + ', node) (max_over_time((max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))[$__range:10m])) and on (' + texts.clusterLabel + ', node) topk(100, max_over_time((max by (' + texts.clusterLabel + ', node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))[$__range:10m]))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'D',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'time() - max_over_time((max by (' + texts.clusterLabel + ', node) (pullwatch_last_pull_end_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))[$__range:10m]) and on (' + texts.clusterLabel + ', node) topk(100, max_over_time((max by (' + texts.clusterLabel + ', node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))[$__range:10m]))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'E',
        },
      ],
      title: 'Which nodes pulled it, and how slowly?',
      transformations: [
        {
          id: 'merge',
          options: {},
        },
        {
          id: 'organize',
          options: {
            excludeByName: {
              Time: true,
              [texts.clusterLabel]: true,
            },
            indexByName: {
              'Value #A': 1,
              'Value #B': 2,
              'Value #C': 3,
              'Value #D': 4,
              'Value #E': 5,
              node: 0,
            },
            renameByName: {
              'Value #A': 'Slowest pull',
              'Value #B': 'Over limit',
              'Value #C': 'Longest wait',
              'Value #D': 'Containers',
              'Value #E': 'Last ended',
              node: 'Node',
            },
          },
        },
      ],
      transparent: false,
      type: 'table',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'What ended in the last 15 minutes, by what the pod felt. None is good. Long pulls on all nodes: remedies/smaller_image or pre_pull. On one node: that node. Long wait, short pull: it stood behind another image. Earlier pulls: end the range of the board there.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'palette-classic',
          },
          custom: {
            align: 'auto',
            cellOptions: {
              type: 'auto',
            },
            filterable: true,
            inspect: false,
          },
          mappings: [],
          noValue: 'No pulls of 10 s or more in the last 15 minutes',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 'short',
        },
        overrides: [
          {
            matcher: {
              id: 'byName',
              options: 'Total',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Wait',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Pull',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Over limit',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
              {
                id: 'thresholds',
                value: {
                  mode: 'absolute',
                  steps: [
                    {
                      color: 'text',
                    },
                    {
                      color: 'orange',
                      value: 0,
                    },
                  ],
                },
              },
              {
                id: 'color',
                value: {
                  mode: 'thresholds',
                },
              },
              {
                id: 'custom.cellOptions',
                value: {
                  type: 'color-text',
                },
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Size',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 'decbytes',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Ended ago',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 's',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Namespace',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Workload',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Node',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Pod',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Node',
            },
            properties: [
              {
                id: 'links',
                value: [
                  {
                    title: 'Show this node',
                    url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&var-node=${__value.raw:percentencode}&${__url_time_range}',
                  },
                ],
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Pod',
            },
            properties: [
              {
                id: 'custom.width',
                value: 280,
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 6,
        w: 24,
        x: 0,
        y: 45,
      },
      id: 19,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: SlowImagePull',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'SlowImagePull'),
        },
      ],
      options: {
        cellHeight: 'sm',
        footer: {
          countRows: false,
          reducer: [
            'sum',
          ],
          show: false,
        },
        showHeader: true,
        sortBy: [
          {
            desc: true,
            displayName: 'Total',
          },
        ],
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'topk(100, max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) + max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_wait_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) or on (' + texts.clusterLabel + ', namespace, pod, container, node) max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_wait_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) and on (' + texts.clusterLabel + ', namespace, pod, container, node) topk(100, max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) + max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_wait_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) or on (' + texts.clusterLabel + ', namespace, pod, container, node) max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'B',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) and on (' + texts.clusterLabel + ', namespace, pod, container, node) topk(100, max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) + max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_wait_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) or on (' + texts.clusterLabel + ', namespace, pod, container, node) max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'C',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pod:pullwatch_pull_over_limit_seconds:max{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) > 0 and on (' + texts.clusterLabel + ', namespace, pod, container, node) topk(100, max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) + max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_wait_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) or on (' + texts.clusterLabel + ', namespace, pod, container, node) max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'D',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_image_bytes{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) and on (' + texts.clusterLabel + ', namespace, pod, container, node) topk(100, max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) + max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_wait_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) or on (' + texts.clusterLabel + ', namespace, pod, container, node) max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'E',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'time() - max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_end_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) and on (' + texts.clusterLabel + ', namespace, pod, container, node) topk(100, max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) + max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_wait_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}) or on (' + texts.clusterLabel + ', namespace, pod, container, node) max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", image="$image", namespace=~"$namespace", node=~"$node"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'F',
        },
      ],
      title: 'Which were the slowest of its last pulls?',
      transformations: [
        {
          id: 'merge',
          options: {},
        },
        {
          id: 'organize',
          options: {
            excludeByName: {
              Time: true,
              container: true,
              [texts.clusterLabel]: true,
            },
            indexByName: {
              'Value #A': 4,
              'Value #B': 5,
              'Value #C': 6,
              'Value #D': 7,
              'Value #E': 8,
              'Value #F': 9,
              namespace: 0,
              node: 2,
              pod: 3,
              workload: 1,
            },
            renameByName: {
              'Value #A': 'Total',
              'Value #B': 'Wait',
              'Value #C': 'Pull',
              'Value #D': 'Over limit',
              'Value #E': 'Size',
              'Value #F': 'Ended ago',
              namespace: 'Namespace',
              node: 'Node',
              pod: 'Pod',
              workload: 'Workload',
            },
          },
        },
      ],
      transparent: false,
      type: 'table',
    },
    {
      collapsed: false,
      gridPos: {
        h: 1,
        w: 24,
        x: 0,
        y: 51,
      },
      id: 20,
      panels: [],
      title: 'How do pulls of its repository go? (all its tags and digests: what is counted knows no tag, no node, no namespace)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "The runtime's own time, without the node's queue; values between edges of the histogram are estimates. Flat and low is good. A step upwards with a new tag is its size; one without is registry or nodes. Past 2,000 repositories new ones are in _other.",
      fieldConfig: {
        defaults: {
          color: {
            mode: 'palette-classic',
          },
          custom: {
            axisSoftMin: 0,
            drawStyle: 'points',
            fillOpacity: 8,
            lineWidth: 1,
            pointSize: 7,
            showPoints: 'auto',
            spanNulls: false,
            stacking: {
              group: 'A',
              mode: 'none',
            },
            thresholdsStyle: {
              mode: 'dashed',
            },
          },
          links: [
            {
              title: 'Show its registry',
              url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&var-registry=${its_registry:percentencode}&${__url_time_range}',
            },
          ],
          mappings: [],
          noValue: 'No pulls of this repository in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
              {
                color: 'orange',
                value: values.slowBaseSeconds,
              },
              {
                color: 'red',
                value: values.stuckSeconds,
              },
            ],
          },
          unit: 's',
        },
        overrides: [],
      },
      gridPos: {
        h: 8,
        w: 12,
        x: 0,
        y: 52,
      },
      id: 21,
      interval: '5m',
      links: [
        {
          targetBlank: true,
          title: 'Runbook: SlowImagePull',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'SlowImagePull'),
        },
      ],
      options: {
        legend: {
          calcs: [],
          displayMode: 'list',
          placement: 'bottom',
          showLegend: true,
        },
        tooltip: {
          mode: 'multi',
          sort: 'desc',
        },
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'histogram_quantile(0.5, sum by (le) (rate(pullwatch_pull_duration_seconds_bucket{' + texts.clusterLabel + '=~"$cluster", registry="$its_registry", repository="$its_repository"}[$__rate_interval]))) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: 'half of the pulls, at most',
          range: true,
          refId: 'A',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'histogram_quantile(0.9, sum by (le) (rate(pullwatch_pull_duration_seconds_bucket{' + texts.clusterLabel + '=~"$cluster", registry="$its_registry", repository="$its_repository"}[$__rate_interval]))) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: '9 of 10 pulls, at most',
          range: true,
          refId: 'B',
        },
      ],
      title: 'How long do pulls of its repository take?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Pulls by duration. One low band is good. A second band far above is some nodes, or one large tag: `Which nodes pulled it, and how slowly?` tells nodes apart, `Do new tags grow?` the tags.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'palette-classic',
          },
          custom: {},
          mappings: [],
          noValue: 'No pulls of this repository in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 's',
        },
        overrides: [],
      },
      gridPos: {
        h: 8,
        w: 12,
        x: 12,
        y: 52,
      },
      id: 22,
      interval: '5m',
      links: [
        {
          targetBlank: true,
          title: 'Runbook: SlowImagePull',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'SlowImagePull'),
        },
      ],
      options: {
        calculate: false,
        cellGap: 1,
        color: {
          exponent: 0.5,
          mode: 'scheme',
          reverse: false,
          scale: 'exponential',
          scheme: 'Oranges',
          steps: 64,
        },
        filterValues: {
          le: 1e-09,
        },
        legend: {
          show: true,
        },
        rowsFrame: {
          layout: 'auto',
        },
        tooltip: {
          mode: 'single',
          yHistogram: false,
        },
        yAxis: {
          axisPlacement: 'left',
          reverse: false,
          unit: 's',
        },
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'round(sum by (le) (increase(pullwatch_pull_duration_seconds_bucket{' + texts.clusterLabel + '=~"$cluster", registry="$its_registry", repository="$its_repository"}[$__rate_interval])))',
          format: 'heatmap',
          instant: false,
          legendFormat: '{{le}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'How are these durations spread?',
      transformations: [],
      transparent: false,
      type: 'heatmap',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "Time in the queue of a node before the runtime was asked. Near 0 is good. Long waits are not this image's own: its pods stand behind other images, and parallel pulls help more than a smaller image.",
      fieldConfig: {
        defaults: {
          color: {
            mode: 'palette-classic',
          },
          custom: {
            axisSoftMin: 0,
            drawStyle: 'points',
            fillOpacity: 8,
            lineWidth: 1,
            pointSize: 7,
            showPoints: 'auto',
            spanNulls: false,
            stacking: {
              group: 'A',
              mode: 'none',
            },
            thresholdsStyle: {
              mode: 'off',
            },
          },
          mappings: [],
          noValue: 'No pulls of this repository in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 's',
        },
        overrides: [],
      },
      gridPos: {
        h: 8,
        w: 8,
        x: 0,
        y: 60,
      },
      id: 23,
      interval: '5m',
      links: [
        {
          targetBlank: true,
          title: 'Runbook: remedies/parallel_pulls',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'remedies/parallel_pulls'),
        },
      ],
      options: {
        legend: {
          calcs: [],
          displayMode: 'list',
          placement: 'bottom',
          showLegend: true,
        },
        tooltip: {
          mode: 'multi',
          sort: 'desc',
        },
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'histogram_quantile(0.9, sum by (le) (rate(pullwatch_pull_wait_seconds_bucket{' + texts.clusterLabel + '=~"$cluster", registry="$its_registry", repository="$its_repository"}[$__rate_interval]))) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: '9 of 10 waits, at most',
          range: true,
          refId: 'A',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'sum(rate(pullwatch_pull_wait_seconds_sum{' + texts.clusterLabel + '=~"$cluster", registry="$its_registry", repository="$its_repository"}[$__rate_interval])) / (sum(rate(pullwatch_pull_wait_seconds_count{' + texts.clusterLabel + '=~"$cluster", registry="$its_registry", repository="$its_repository"}[$__rate_interval])) > 0)',
          format: 'time_series',
          instant: false,
          legendFormat: 'mean wait',
          range: true,
          refId: 'B',
        },
      ],
      title: 'Do its pulls wait behind others?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Containers by where the image came from: present cost nothing, revalidated asked the registry, pulled moved bytes. Mostly present is good. Much pulled of a tag that did not change: nodes come and go, or clean up too early.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'palette-classic',
          },
          custom: {
            axisSoftMin: 0,
            drawStyle: 'bars',
            fillOpacity: 60,
            lineWidth: 1,
            pointSize: 5,
            showPoints: 'auto',
            spanNulls: false,
            stacking: {
              group: 'A',
              mode: 'normal',
            },
            thresholdsStyle: {
              mode: 'off',
            },
          },
          mappings: [],
          noValue: 'No container asked for it in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 'short',
        },
        overrides: [
          {
            matcher: {
              id: 'byName',
              options: 'pulled',
            },
            properties: [
              {
                id: 'color',
                value: {
                  fixedColor: 'orange',
                  mode: 'fixed',
                },
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 8,
        w: 8,
        x: 8,
        y: 60,
      },
      id: 24,
      interval: '5m',
      links: [
        {
          targetBlank: true,
          title: 'Runbook: causes/gc_churn',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'causes/gc_churn'),
        },
      ],
      options: {
        legend: {
          calcs: [],
          displayMode: 'list',
          placement: 'bottom',
          showLegend: true,
        },
        tooltip: {
          mode: 'multi',
          sort: 'desc',
        },
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'round(sum by (kind) (increase(pullwatch_pull_cache_hits_total{' + texts.clusterLabel + '=~"$cluster", registry="$its_registry", repository="$its_repository"}[$__rate_interval]))) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: '{{kind}}',
          range: true,
          refId: 'A',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'round(sum(increase(pullwatch_pull_duration_seconds_count{' + texts.clusterLabel + '=~"$cluster", registry="$its_registry", repository="$its_repository"}[$__rate_interval]))) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: 'pulled',
          range: true,
          refId: 'B',
        },
      ],
      title: 'How often was it already there?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Of the repository, unpacking included: an upper bound, as nodes may hold some layers. Above the line is good: the limit counts with it. Below it: all images of its registry slow is the way there, this one alone its layers. CRI-O tells no such size.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'palette-classic',
          },
          custom: {
            axisSoftMin: 0,
            drawStyle: 'points',
            fillOpacity: 8,
            lineWidth: 1,
            pointSize: 7,
            showPoints: 'auto',
            spanNulls: false,
            stacking: {
              group: 'A',
              mode: 'none',
            },
            thresholdsStyle: {
              mode: 'dashed',
            },
          },
          links: [
            {
              title: 'Show its registry',
              url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&var-registry=${its_registry:percentencode}&${__url_time_range}',
            },
          ],
          mappings: [],
          noValue: 'No pulls of compressed size in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'red',
              },
              {
                color: 'green',
                value: values.expectedBytesPerSecond,
              },
            ],
          },
          unit: 'Bps',
        },
        overrides: [],
      },
      gridPos: {
        h: 8,
        w: 8,
        x: 16,
        y: 60,
      },
      id: 25,
      interval: '5m',
      links: [
        {
          targetBlank: true,
          title: 'Runbook: causes/registry_path',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'causes/registry_path'),
        },
      ],
      options: {
        legend: {
          calcs: [],
          displayMode: 'list',
          placement: 'bottom',
          showLegend: true,
        },
        tooltip: {
          mode: 'multi',
          sort: 'desc',
        },
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'sum(rate(pullwatch_pull_image_bytes_total{' + texts.clusterLabel + '=~"$cluster", registry="$its_registry", repository="$its_repository", size_kind="compressed"}[$__rate_interval])) / (sum(rate(pullwatch_pull_sized_seconds_total{' + texts.clusterLabel + '=~"$cluster", registry="$its_registry", repository="$its_repository", size_kind="compressed"}[$__rate_interval])) > 0)',
          format: 'time_series',
          instant: false,
          legendFormat: 'compressed bytes per second',
          range: true,
          refId: 'A',
        },
      ],
      title: 'How fast does it come?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      collapsed: false,
      gridPos: {
        h: 1,
        w: 24,
        x: 0,
        y: 68,
      },
      id: 26,
      panels: [],
      title: 'What is it made of? (the image, and the tags of its repository)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: '10 to 40 of like size are good: a runtime fetches several at a time, and one or two by as many streams. Told by agents (serve --agents) or registries (serve --layers-from).',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No agent or registry told',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'text',
              },
            ],
          },
          unit: 'short',
        },
        overrides: [],
      },
      gridPos: {
        h: 9,
        w: 4,
        x: 0,
        y: 69,
      },
      id: 27,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: remedies/layer_shape',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'remedies/layer_shape'),
        },
      ],
      options: {
        colorMode: 'value',
        graphMode: 'none',
        justifyMode: 'auto',
        orientation: 'auto',
        reduceOptions: {
          calcs: [
            'lastNotNull',
          ],
          fields: '',
          values: false,
        },
        textMode: 'auto',
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max(pullwatch_image_layers{' + texts.clusterLabel + '=~"$cluster", image="$image"})',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How many layers?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Layers by compressed size, the fifteen largest, counted from 0 at the base. Bars of like length are good. One long bar holds up the pull: split that line of the Dockerfile. Known of the 100 costliest images, where agents or a registry tell.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          min: 0,
          noValue: 'No layers known of this image',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'blue',
              },
            ],
          },
          unit: 'decbytes',
        },
        overrides: [],
      },
      gridPos: {
        h: 9,
        w: 10,
        x: 4,
        y: 69,
      },
      id: 28,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: remedies/layer_shape',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'remedies/layer_shape'),
        },
      ],
      options: {
        displayMode: 'basic',
        legend: {
          calcs: [],
          displayMode: 'list',
          placement: 'bottom',
          showLegend: false,
        },
        maxVizHeight: 48,
        minVizHeight: 16,
        minVizWidth: 8,
        namePlacement: 'left',
        orientation: 'horizontal',
        reduceOptions: {
          calcs: [
            'lastNotNull',
          ],
          fields: '',
          values: false,
        },
        showUnfilled: true,
        sizing: 'auto',
        text: {
          titleSize: 14,
          valueSize: 18,
        },
        valueMode: 'text',
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'topk(15, max by (layer, digest) (pullwatch_image_layer_size_bytes{' + texts.clusterLabel + '=~"$cluster", image="$image"}))',
          format: 'time_series',
          instant: true,
          legendFormat: 'layer {{layer}} ({{digest}})',
          range: false,
          refId: 'A',
        },
      ],
      title: 'Which layers are large?',
      transformations: [],
      transparent: false,
      type: 'bargauge',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "Sizes of its repository's images while nodes had them. Lines at one height are good. A step upwards tells the release that brought it: compare its layers. Never compare compressed with uncompressed.",
      fieldConfig: {
        defaults: {
          color: {
            mode: 'palette-classic',
          },
          custom: {
            axisSoftMin: 0,
            drawStyle: 'line',
            fillOpacity: 8,
            lineWidth: 1,
            pointSize: 5,
            showPoints: 'auto',
            spanNulls: false,
            stacking: {
              group: 'A',
              mode: 'none',
            },
            thresholdsStyle: {
              mode: 'off',
            },
          },
          mappings: [],
          noValue: 'No sizes of this repository in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 'decbytes',
        },
        overrides: [],
      },
      gridPos: {
        h: 9,
        w: 10,
        x: 14,
        y: 69,
      },
      id: 29,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: remedies/smaller_image',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'remedies/smaller_image'),
        },
      ],
      options: {
        legend: {
          calcs: [],
          displayMode: 'list',
          placement: 'bottom',
          showLegend: true,
        },
        tooltip: {
          mode: 'multi',
          sort: 'desc',
        },
      },
      targets: [
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max by (image) (pullwatch_image_size_bytes{' + texts.clusterLabel + '=~"$cluster", registry="$its_registry", repository="$its_repository", size_kind="compressed"})',
          format: 'time_series',
          instant: false,
          legendFormat: '{{image}}',
          range: true,
          refId: 'A',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'max by (image, size_kind) (pullwatch_image_size_bytes{' + texts.clusterLabel + '=~"$cluster", registry="$its_registry", repository="$its_repository", size_kind!="compressed"})',
          format: 'time_series',
          instant: false,
          legendFormat: '{{image}}, {{size_kind}}',
          range: true,
          refId: 'B',
        },
      ],
      title: 'Do new tags grow?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
  ],
  refresh: '1m',
  schemaVersion: 39,
  tags: [
    'pullwatch',
  ],
  templating: {
    list: [
      {
        current: {
          selected: false,
          text: 'default',
          value: 'default',
        },
        hide: 0,
        includeAll: false,
        label: 'Data source',
        multi: false,
        name: 'datasource',
        options: [],
        query: 'prometheus',
        refresh: 1,
        regex: '',
        sort: 1,
        type: 'datasource',
      },
      {
        allValue: '.*',
        current: {
          selected: true,
          text: [
            'All',
          ],
          value: [
            '$__all',
          ],
        },
        datasource: {
          type: 'prometheus',
          uid: '${datasource}',
        },
        hide: 0,
        includeAll: true,
        label: 'Cluster',
        multi: true,
        name: 'cluster',
        options: [],
        query: 'label_values(pullwatch_build_info, ' + texts.clusterLabel + ')',
        refresh: 2,
        regex: '',
        sort: 1,
        type: 'query',
      },
      {
        allValue: '.*',
        current: {
          selected: true,
          text: [
            'All',
          ],
          value: [
            '$__all',
          ],
        },
        datasource: {
          type: 'prometheus',
          uid: '${datasource}',
        },
        hide: 0,
        includeAll: true,
        label: 'Registry',
        multi: true,
        name: 'registry',
        options: [],
        query: 'label_values({__name__=~"pullwatch_image_size_bytes|pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds|pullwatch_last_pull_duration_seconds", ' + texts.clusterLabel + '=~"$cluster"}, registry)',
        refresh: 2,
        regex: '',
        sort: 1,
        type: 'query',
      },
      {
        allValue: '.*',
        current: {
          selected: true,
          text: [
            'All',
          ],
          value: [
            '$__all',
          ],
        },
        datasource: {
          type: 'prometheus',
          uid: '${datasource}',
        },
        hide: 0,
        includeAll: true,
        label: 'Repository',
        multi: true,
        name: 'repository',
        options: [],
        query: 'label_values({__name__=~"pullwatch_image_size_bytes|pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds|pullwatch_last_pull_duration_seconds", ' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}, repository)',
        refresh: 2,
        regex: '',
        sort: 1,
        type: 'query',
      },
      {
        current: {},
        datasource: {
          type: 'prometheus',
          uid: '${datasource}',
        },
        hide: 0,
        includeAll: false,
        label: 'Image',
        multi: false,
        name: 'image',
        options: [],
        query: 'label_values({__name__=~"pullwatch_image_size_bytes|pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds|pullwatch_last_pull_duration_seconds", ' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", repository=~"$repository", image!="_invalid"}, image)',
        refresh: 2,
        regex: '',
        sort: 1,
        type: 'query',
      },
      {
        allValue: '.*',
        current: {
          selected: true,
          text: [
            'All',
          ],
          value: [
            '$__all',
          ],
        },
        datasource: {
          type: 'prometheus',
          uid: '${datasource}',
        },
        hide: 0,
        includeAll: true,
        label: 'Namespace',
        multi: true,
        name: 'namespace',
        options: [],
        query: 'label_values({__name__=~"pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds|pullwatch_last_pull_duration_seconds", ' + texts.clusterLabel + '=~"$cluster", image="$image"}, namespace)',
        refresh: 2,
        regex: '',
        sort: 1,
        type: 'query',
      },
      {
        allValue: '.*',
        current: {
          selected: true,
          text: [
            'All',
          ],
          value: [
            '$__all',
          ],
        },
        datasource: {
          type: 'prometheus',
          uid: '${datasource}',
        },
        hide: 0,
        includeAll: true,
        label: 'Node',
        multi: true,
        name: 'node',
        options: [],
        query: 'label_values({__name__=~"pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds|pullwatch_last_pull_duration_seconds", ' + texts.clusterLabel + '=~"$cluster", image="$image"}, node)',
        refresh: 2,
        regex: '',
        sort: 1,
        type: 'query',
      },
      {
        current: {},
        datasource: {
          type: 'prometheus',
          uid: '${datasource}',
        },
        hide: 2,
        includeAll: false,
        label: 'Registry of the image',
        multi: false,
        name: 'its_registry',
        options: [],
        query: 'label_values({__name__=~"pullwatch_image_size_bytes|pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds|pullwatch_last_pull_duration_seconds", ' + texts.clusterLabel + '=~"$cluster", image="$image"}, registry)',
        refresh: 2,
        regex: '',
        skipUrlSync: true,
        sort: 1,
        type: 'query',
      },
      {
        current: {},
        datasource: {
          type: 'prometheus',
          uid: '${datasource}',
        },
        hide: 2,
        includeAll: false,
        label: 'Repository of the image',
        multi: false,
        name: 'its_repository',
        options: [],
        query: 'label_values({__name__=~"pullwatch_image_size_bytes|pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds|pullwatch_last_pull_duration_seconds", ' + texts.clusterLabel + '=~"$cluster", image="$image", repository!="_invalid"}, repository)',
        refresh: 2,
        regex: '',
        skipUrlSync: true,
        sort: 1,
        type: 'query',
      },
    ],
  },
  time: {
    from: 'now-6h',
    to: 'now',
  },
  timepicker: {},
  timezone: 'browser',
  title: 'pullwatch / Image',
  uid: 'pullwatch-image',
  version: 0,
}

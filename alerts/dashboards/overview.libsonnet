// Written by `make docs` from dashboards/overview.dashboard.py: change that file, not this one.
function(values, texts) {
  annotations: {
    list: [
      {
        datasource: {
          type: 'prometheus',
          uid: '${datasource}',
        },
        enable: true,
        expr: 'max by (alertname, severity, ' + texts.clusterLabel + ', namespace, image) (ALERTS{alertstate="firing", alertname=~".*ImagePull.*", ' + texts.clusterLabel + '=~"$cluster", namespace=~"$namespace|", image=~"$image|"})',
        hide: false,
        iconColor: 'red',
        name: 'Alerts',
        titleFormat: '{{alertname}} {{namespace}} {{image}}',
      },
    ],
  },
  description: 'Image pulls: is it slow, where, which images, and why.',
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
      title: 'Is it slow? (cluster, registry)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Pulls that moved bytes in the time range. Many at once are a rollout or new nodes; next to none is good and means that the caches hold. The tables below name them.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No pulls in this range',
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
        h: 5,
        w: 4,
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
          expr: 'round(sum(increase(pullwatch_pull_duration_seconds_count{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range])))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How many pulls ended?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Attempts that ended in an error, each retry counted. A few heal by themselves and are fine. Where it grows, `What do attempts fail of?` names the reason.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No pulls in this range',
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
        h: 5,
        w: 4,
        x: 4,
        y: 1,
      },
      id: 3,
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
          expr: 'round(sum(increase(pullwatch_pull_failures_total{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range])))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How many attempts failed?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Share of pulls after which the pod had waited more than ' + texts.inTimeSeconds + ' s, queue included, whatever the size of the image. A few percent are good, they are large images; for more, look below for the registry or the node.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No pulls in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'text',
              },
            ],
          },
          unit: 'percentunit',
        },
        overrides: [],
      },
      gridPos: {
        h: 5,
        w: 4,
        x: 8,
        y: 1,
      },
      id: 4,
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
          expr: '1 - sum(increase(pullwatch_pull_including_wait_seconds_bucket{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", ' + texts.inTimeEdge + '}[$__range])) / (sum(increase(pullwatch_pull_including_wait_seconds_count{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range])) > 0)',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'Which share took over ' + texts.inTimeSeconds + ' s?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "From the kubelet's decision to pull until the image was there. Below " + texts.slowBaseSeconds + ' s is good. Compare with `Do pulls wait for each other?`: the queue may be most of it.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No pulls in this range',
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
        h: 5,
        w: 4,
        x: 12,
        y: 1,
      },
      id: 5,
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
          expr: 'histogram_quantile(0.9, sum by (le) (increase(pullwatch_pull_including_wait_seconds_bucket{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range]))) > 0',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How long do 9 of 10 pods wait at most?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Pulls that run, or ended a moment ago, and took longer than ' + texts.slowBaseSeconds + ' s plus the time for the size of their image. 0 is good; follows all variables. The tables of pulls name them.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No pulls now',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
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
        h: 5,
        w: 4,
        x: 16,
        y: 1,
      },
      id: 6,
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
          expr: 'sum(pod:pullwatch_pull_over_limit_seconds:max{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"} > bool 0)',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How many pulls are over their limit?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Pulls that have been running for more than ' + texts.stuckSeconds + ' s since nothing was ahead of them. 0 is good; follows all variables. One that is stuck seldom ends by itself: go to its node with the runbook.',
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
                color: 'green',
              },
              {
                color: 'red',
                value: 1,
              },
            ],
          },
          unit: 'short',
        },
        overrides: [],
      },
      gridPos: {
        h: 5,
        w: 4,
        x: 20,
        y: 1,
      },
      id: 7,
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
          expr: 'sum(pod:pullwatch_pull_running_seconds:max{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"} > bool ' + texts.stuckSeconds + ')',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How many pulls are stuck?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "The runtime's own time, without the kubelet's queue. Flat and below the first line is good. Values between the edges of the histogram are estimates. Where it rises, the next row tells registry from node.",
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
          mappings: [],
          noValue: 'No pulls in this range',
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
        y: 6,
      },
      id: 8,
      links: [],
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
          expr: 'histogram_quantile(0.5, sum by (le) (rate(pullwatch_pull_duration_seconds_bucket{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__rate_interval]))) > 0',
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
          expr: 'histogram_quantile(0.9, sum by (le) (rate(pullwatch_pull_duration_seconds_bucket{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__rate_interval]))) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: '9 of 10 pulls, at most',
          range: true,
          refId: 'B',
        },
      ],
      title: 'How long do pulls take?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Pulls by duration. One low band is good. A second band far above is one slow registry or one large image: choose a registry above to see which.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'palette-classic',
          },
          custom: {},
          mappings: [],
          noValue: 'No pulls in this range',
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
        y: 6,
      },
      id: 9,
      links: [],
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
          expr: 'sum by (le) (increase(pullwatch_pull_duration_seconds_bucket{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__rate_interval]))',
          format: 'heatmap',
          instant: false,
          legendFormat: '{{le}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'How are the durations spread?',
      transformations: [],
      transparent: false,
      type: 'heatmap',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Per minute. No failures are good; peaks are rollouts or new nodes. Failures that come with each peak point at a rate limit: see the next graph.',
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
          noValue: 'No pulls in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 'cpm',
        },
        overrides: [],
      },
      gridPos: {
        h: 8,
        w: 12,
        x: 0,
        y: 14,
      },
      id: 10,
      links: [],
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
          expr: '60 * sum(rate(pullwatch_pull_duration_seconds_count{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__rate_interval]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'pulled',
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
          expr: '60 * sum(rate(pullwatch_pull_failures_total{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__rate_interval]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'failed',
          range: true,
          refId: 'B',
        },
      ],
      title: 'How many pulls end, and how?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Failed attempts per minute by cause. Empty is good. not_found is a typo or a deleted tag, auth a missing or expired secret, rate_limited asks for a mirror or credentials.',
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
          noValue: 'No failures in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 'cpm',
        },
        overrides: [],
      },
      gridPos: {
        h: 8,
        w: 12,
        x: 12,
        y: 14,
      },
      id: 11,
      links: [],
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
          expr: '60 * sum by (reason) (rate(pullwatch_pull_failures_total{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__rate_interval])) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: '{{reason}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'What do attempts fail of?',
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
        y: 22,
      },
      id: 12,
      panels: [],
      title: 'Where is it slow? (cluster, registry or node)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Mean time of a pull. Lines that lie together are good. One far above has large images or is slow: the next graph tells which.',
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
          mappings: [],
          noValue: 'No pulls in this range',
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
        y: 23,
      },
      id: 13,
      links: [],
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
          expr: 'sum by (registry) (rate(pullwatch_pull_duration_seconds_sum{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__rate_interval])) / (sum by (registry) (rate(pullwatch_pull_duration_seconds_count{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__rate_interval])) > 0)',
          format: 'time_series',
          instant: false,
          legendFormat: '{{registry}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'Which registry is slow?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "Bytes of an image per second of its pull, unpacking included: an upper bound, as nodes may hold some layers. Above the line is good: the limits of the alerts count with it. All registries low at once points at the nodes' disks or network, one of them at the way to it.",
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
          mappings: [],
          noValue: 'No pulls in this range',
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
        w: 12,
        x: 12,
        y: 23,
      },
      id: 14,
      links: [],
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
          expr: 'sum by (registry) (rate(pullwatch_pull_image_bytes_total{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__rate_interval])) / (sum by (registry) (rate(pullwatch_pull_sized_seconds_total{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__rate_interval])) > 0)',
          format: 'time_series',
          instant: false,
          legendFormat: '{{registry}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'How fast do registries serve images?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Mean time of a pull on the ten slowest nodes. Nodes that lie together are good. One far above has a busy disk or a bad network: cordon it, and see whether pulls elsewhere are faster.',
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
          mappings: [],
          noValue: 'No pulls in this range',
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
        y: 31,
      },
      id: 15,
      links: [],
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
          expr: 'topk(10, sum by (' + texts.clusterLabel + ', node) (rate(pullwatch_node_pull_duration_seconds_sum{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}[$__rate_interval])) / (sum by (' + texts.clusterLabel + ', node) (rate(pullwatch_node_pull_duration_seconds_count{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}[$__rate_interval])) > 0))',
          format: 'time_series',
          instant: false,
          legendFormat: '{{node}} {{' + texts.clusterLabel + '}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'Which nodes are slow?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Failed attempts per minute on the ten worst nodes. Empty is good. All nodes alike: registry or image. One alone: its disk, DNS or credentials.',
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
          noValue: 'No failures in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 'cpm',
        },
        overrides: [],
      },
      gridPos: {
        h: 8,
        w: 12,
        x: 12,
        y: 31,
      },
      id: 16,
      links: [],
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
          expr: 'topk(10, 60 * sum by (' + texts.clusterLabel + ', node) (rate(pullwatch_node_failures_total{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}[$__rate_interval])) > 0)',
          format: 'time_series',
          instant: false,
          legendFormat: '{{node}} {{' + texts.clusterLabel + '}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'Which nodes fail most?',
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
        y: 39,
      },
      id: 17,
      panels: [],
      title: 'Which images? (all variables)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Few rows, none over its limit, are good. A pull works once nothing is ahead of it on its node, and waits until then. Over its limit it is slow for its size; after ' + texts.stuckSeconds + ' s of work it is stuck: follow the runbook.',
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
              options: 'Image',
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
              options: 'Image',
            },
            properties: [
              {
                id: 'links',
                value: [
                  {
                    title: 'Show this image alone',
                    url: '/d/pullwatch-overview?${datasource:queryparam}&${cluster:queryparam}&var-image=${__value.raw:percentencode}&${__url_time_range}',
                  },
                ],
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 8,
        w: 24,
        x: 0,
        y: 40,
      },
      id: 18,
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
          fields: '',
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
          expr: 'time() - max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_pull_running_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"})',
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
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_pull_running_ahead{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"})',
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
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pod:pullwatch_pull_running_seconds:max{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"})',
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
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pod:pullwatch_pull_running_seconds:max{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"} - pod:pullwatch_pull_over_limit_seconds:max{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"})',
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
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pod:pullwatch_pull_over_limit_seconds:max{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) > 0 and on (' + texts.clusterLabel + ', namespace, pod, container, node, image) max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_pull_running_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"})',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'E',
        },
      ],
      title: 'Which pulls run now?',
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
              'Value #A': 5,
              'Value #B': 6,
              'Value #C': 7,
              'Value #D': 8,
              'Value #E': 9,
              image: 0,
              namespace: 1,
              node: 3,
              pod: 4,
              workload: 2,
            },
            renameByName: {
              'Value #A': 'Asked ago',
              'Value #B': 'Ahead of it',
              'Value #C': 'Works for',
              'Value #D': 'Limit',
              'Value #E': 'Over limit',
              image: 'Image',
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
      description: 'Pulls of 10 s or more that ended in the last 15 minutes, those that the pod felt most first. None is good. Large and slow: a smaller image, or pulling ahead. Small and slow: registry or node. Long wait, short pull: it stood behind another.',
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
                      value: values.slowBaseSeconds,
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
              options: 'Image',
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
              options: 'Image',
            },
            properties: [
              {
                id: 'links',
                value: [
                  {
                    title: 'Show this image alone',
                    url: '/d/pullwatch-overview?${datasource:queryparam}&${cluster:queryparam}&var-image=${__value.raw:percentencode}&${__url_time_range}',
                  },
                ],
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 8,
        w: 24,
        x: 0,
        y: 48,
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
          fields: '',
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
          expr: 'topk(50, max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) + max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_wait_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) or on (' + texts.clusterLabel + ', namespace, pod, container, node, image) max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}))',
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
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_wait_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) and on (' + texts.clusterLabel + ', namespace, pod, container, node, image) topk(50, max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) + max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_wait_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) or on (' + texts.clusterLabel + ', namespace, pod, container, node, image) max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}))',
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
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) and on (' + texts.clusterLabel + ', namespace, pod, container, node, image) topk(50, max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) + max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_wait_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) or on (' + texts.clusterLabel + ', namespace, pod, container, node, image) max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}))',
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
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_image_bytes{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) and on (' + texts.clusterLabel + ', namespace, pod, container, node, image) topk(50, max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) + max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_wait_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) or on (' + texts.clusterLabel + ', namespace, pod, container, node, image) max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}))',
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
          expr: 'time() - max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_end_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) and on (' + texts.clusterLabel + ', namespace, pod, container, node, image) topk(50, max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) + max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_wait_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) or on (' + texts.clusterLabel + ', namespace, pod, container, node, image) max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_last_pull_duration_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'E',
        },
      ],
      title: 'Which were the slowest of the last pulls?',
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
              'Value #A': 5,
              'Value #B': 6,
              'Value #C': 7,
              'Value #D': 8,
              'Value #E': 9,
              image: 0,
              namespace: 1,
              node: 3,
              pod: 4,
              workload: 2,
            },
            renameByName: {
              'Value #A': 'Total',
              'Value #B': 'Wait',
              'Value #C': 'Pull',
              'Value #D': 'Size',
              'Value #E': 'Ended ago',
              image: 'Image',
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
      description: 'Containers that fail to get their image now, with the newest reason. None is good. not_found: correct the tag. auth: look at imagePullSecrets. rate_limited: log in, or pull through a mirror.',
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
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Image',
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
              options: 'Image',
            },
            properties: [
              {
                id: 'links',
                value: [
                  {
                    title: 'Show this image alone',
                    url: '/d/pullwatch-overview?${datasource:queryparam}&${cluster:queryparam}&var-image=${__value.raw:percentencode}&${__url_time_range}',
                  },
                ],
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 8,
        w: 24,
        x: 0,
        y: 56,
      },
      id: 20,
      links: [],
      options: {
        cellHeight: 'sm',
        footer: {
          countRows: false,
          fields: '',
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
          expr: 'time() - min by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image, reason) (pullwatch_pull_failing_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"})',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'What fails to be pulled, and why?',
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
              Value: 6,
              image: 0,
              namespace: 1,
              node: 3,
              pod: 4,
              reason: 5,
              workload: 2,
            },
            renameByName: {
              Value: 'Fails for',
              image: 'Image',
              namespace: 'Namespace',
              node: 'Node',
              pod: 'Pod',
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
      description: 'Each image while it was pulled, and for 10 minutes after. Green is good. One image in orange again and again is worth a smaller base or a mirror; all at the same time is the registry.',
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
        h: 8,
        w: 12,
        x: 0,
        y: 64,
      },
      id: 21,
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
          expr: 'max by (image) (pod:pullwatch_pull_over_limit_seconds:max{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"} > bool 0)',
          format: 'time_series',
          instant: false,
          legendFormat: '{{image}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'When was which image too slow?',
      transformations: [],
      transparent: false,
      type: 'state-timeline',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Pods that cannot start before their image is there. Short peaks are rollouts, and good. A plateau is a pull that hangs or fails: look for the image in the tables above.',
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
          noValue: 'No pods wait in this range',
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
        h: 8,
        w: 12,
        x: 12,
        y: 64,
      },
      id: 22,
      links: [],
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
          expr: 'topk(10, sum by (image) (max by (' + texts.clusterLabel + ', namespace, image) (pullwatch_pending_pods{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", namespace=~"$namespace", image=~"$image"})))',
          format: 'time_series',
          instant: false,
          legendFormat: '{{image}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'For which images do most pods wait?',
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
        y: 72,
      },
      id: 23,
      panels: [],
      title: 'Why, and would a remedy pay? (cluster, registry or node)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "Time in the kubelet's queue before the runtime is asked. Near 0 is good. Long waits beside short pulls say that the kubelet pulls one image at a time: `serializeImagePulls: false` with `maxParallelImagePulls` helps.",
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
          noValue: 'No pulls in this range',
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
        x: 0,
        y: 73,
      },
      id: 24,
      links: [],
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
          expr: 'histogram_quantile(0.9, sum by (le) (rate(pullwatch_pull_wait_seconds_bucket{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__rate_interval]))) > 0',
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
          expr: 'sum(rate(pullwatch_pull_wait_seconds_sum{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__rate_interval])) / (sum(rate(pullwatch_pull_wait_seconds_count{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__rate_interval])) > 0)',
          format: 'time_series',
          instant: false,
          legendFormat: 'mean wait',
          range: true,
          refId: 'B',
        },
      ],
      title: 'Do pulls wait for each other?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Pulls that others are ahead of, on the ten worst nodes; follows all variables. Empty is good. A node that stays here has one pull that blocks it: the table of running pulls names it.',
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
          noValue: 'No pulls waited in this range',
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
        h: 8,
        w: 12,
        x: 12,
        y: 73,
      },
      id: 25,
      links: [],
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
          expr: 'topk(10, count by (' + texts.clusterLabel + ', node) (max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_pull_running_ahead{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}) > 0))',
          format: 'time_series',
          instant: false,
          legendFormat: '{{node}} {{' + texts.clusterLabel + '}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'On which nodes do pulls wait in the queue?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Containers per minute by where their image came from. Mostly present is good. Much pulled of the same images says that nodes come and go or clean up too early; revalidated asks the registry each time, as policy Always does.',
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
          noValue: 'No pulls in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 'cpm',
        },
        overrides: [],
      },
      gridPos: {
        h: 8,
        w: 12,
        x: 0,
        y: 81,
      },
      id: 26,
      links: [],
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
          expr: '60 * sum by (kind) (rate(pullwatch_pull_cache_hits_total{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__rate_interval]))',
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
          expr: '60 * sum(rate(pullwatch_pull_duration_seconds_count{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__rate_interval]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'pulled',
          range: true,
          refId: 'B',
        },
      ],
      title: 'How often was the image already there?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "Share of containers whose image was on the node, the ten lowest. Near 100 % is good. New nodes are low for a while; one that stays low loses its images: look at its disk and at the kubelet's image garbage collection.",
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
          noValue: 'No containers started in this range',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
            ],
          },
          unit: 'percentunit',
        },
        overrides: [],
      },
      gridPos: {
        h: 8,
        w: 12,
        x: 12,
        y: 81,
      },
      id: 27,
      links: [],
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
          expr: 'bottomk(10, sum by (' + texts.clusterLabel + ', node) (rate(pullwatch_node_cache_hits_total{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}[$__rate_interval])) / (sum by (' + texts.clusterLabel + ', node) (rate(pullwatch_node_cache_hits_total{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}[$__rate_interval])) + sum by (' + texts.clusterLabel + ', node) (rate(pullwatch_node_pull_duration_seconds_count{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}[$__rate_interval])) > 0))',
          format: 'time_series',
          instant: false,
          legendFormat: '{{node}} {{' + texts.clusterLabel + '}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'Which nodes seldom have the image?',
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
        y: 89,
      },
      id: 28,
      panels: [],
      title: 'Can this board be believed? (cluster)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Per watch. Up to 5 minutes is a quiet cluster and good; above ' + texts.watchStaleSeconds + ' s nothing on this board is new. No exporter at all: see the runbook of ImagePullExporterDown.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No exporter',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'green',
              },
              {
                color: 'red',
                value: values.watchStaleSeconds,
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
        y: 90,
      },
      id: 29,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullWatchStale',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullWatchStale'),
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
          expr: 'max by (' + texts.clusterLabel + ', resource) (time() - pullwatch_watch_last_contact_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster"})',
          format: 'time_series',
          instant: true,
          legendFormat: '{{resource}} {{' + texts.clusterLabel + '}}',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How long ago was the cluster heard?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "From an Event's stamp to its arrival. Stamps are whole seconds, so 1 to 2 s are good. More means a slow API server or clocks that differ; the age of running pulls is then off by as much.",
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
          noValue: 'No Events in this range',
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
        x: 8,
        y: 90,
      },
      id: 30,
      links: [],
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
          expr: 'histogram_quantile(0.99, sum by (le) (rate(pullwatch_event_lag_seconds_bucket{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval]))) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: '99 of 100, at most',
          range: true,
          refId: 'A',
        },
      ],
      title: 'How late do Events arrive?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Zero is good, but for a watch that begins again now and then. What is counted here is in no other panel: pulls may be missing above. Series without room say that a cap was reached: see pullwatch_series by family.',
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
          noValue: 'No exporter in this range',
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
        h: 8,
        w: 8,
        x: 16,
        y: 90,
      },
      id: 31,
      links: [],
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
          expr: 'sum(increase(pullwatch_unseen_pulls_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'containers started untold',
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
          expr: 'sum(increase(pullwatch_events_unparsed_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'texts in no known form',
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
          expr: 'sum(increase(pullwatch_events_rejected_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'Events that contradict',
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
          expr: 'sum(increase(pullwatch_watch_restarts_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'watches begun again',
          range: true,
          refId: 'D',
        },
        {
          datasource: {
            type: 'prometheus',
            uid: '${datasource}',
          },
          editorMode: 'code',
          exemplar: false,
          expr: 'sum(increase(pullwatch_series_dropped_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'series without room',
          range: true,
          refId: 'E',
        },
      ],
      title: 'What was not seen or understood?',
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
        query: 'label_values({__name__=~"pullwatch_pull_wait_seconds_count|pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds|pullwatch_last_pull_duration_seconds", ' + texts.clusterLabel + '=~"$cluster"}, registry)',
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
        query: 'label_values({__name__=~"pullwatch_node_info|pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds|pullwatch_last_pull_duration_seconds", ' + texts.clusterLabel + '=~"$cluster"}, node)',
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
        query: 'label_values({__name__=~"pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds|pullwatch_last_pull_duration_seconds", ' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}, namespace)',
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
        label: 'Image',
        multi: true,
        name: 'image',
        options: [],
        query: 'label_values({__name__=~"pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds|pullwatch_last_pull_duration_seconds", ' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", namespace=~"$namespace"}, image)',
        refresh: 2,
        regex: '',
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
  title: 'pullwatch / Overview',
  uid: 'pullwatch-overview',
  version: 0,
}

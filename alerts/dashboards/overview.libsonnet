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
        expr: 'max by (alertname, severity, ' + texts.clusterLabel + ') (ALERTS{alertstate="firing", alertname=~".*ImagePull.*", severity!="none", ' + texts.clusterLabel + '=~"$cluster", registry=~"$registry|", node=~"$node|", namespace=~"$namespace|", image=~"$image|", severity!="info"})',
        hide: false,
        iconColor: 'red',
        name: 'Alerts',
        titleFormat: '{{alertname}} {{' + texts.clusterLabel + '}}',
      },
    ],
  },
  description: 'Image pulls: is it slow, how do they end, which registry and images, and what runs now.',
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
      title: 'Is it slow? (in the time range: cluster, registry; now: all variables)',
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
          expr: 'round(sum by () (sum_over_time(registry:pullwatch_pull_duration_seconds_bucket:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", le="+Inf"}[$__range])))',
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
          noValue: 'No failures in this range',
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
        x: 6,
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
          expr: 'round(sum by () (sum_over_time(registry:pullwatch_pull_failures:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range])))',
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
      description: 'Share of pulls after which the pod had waited more than ' + texts.wideEdgeSeconds + ' s, queue included, whatever the size of the image. A few percent are good, they are large images; for more, look below for the registry or the node.',
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
              {
                color: 'green',
                value: 0,
              },
              {
                color: 'red',
                value: values.wideShare,
              },
            ],
          },
          unit: 'percentunit',
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
          expr: '1 - sum by () (sum_over_time(registry:pullwatch_pull_including_wait_seconds_bucket:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", le="' + texts.wideEdgeSeconds + '.0"}[$__range])) / sum by () (sum_over_time(registry:pullwatch_pull_including_wait_seconds_bucket:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", le="+Inf"}[$__range]))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'Which share of pulls took over ' + texts.wideEdgeSeconds + ' s?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "From the kubelet's decision to pull until the image was there. Below " + texts.slowBaseSeconds + ' s is good. Compare with `Do pods wait for pulls, or in a queue?`: the queue may be most of it.',
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
              {
                color: 'green',
                value: 0,
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
        h: 4,
        w: 6,
        x: 18,
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
          expr: 'histogram_quantile(0.9, sum by (le) (sum_over_time(registry:pullwatch_pull_including_wait_seconds_bucket:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range])))',
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
        x: 0,
        y: 5,
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
                color: 'text',
              },
              {
                color: 'green',
                value: 0,
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
        h: 4,
        w: 6,
        x: 6,
        y: 5,
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
      description: 'Containers that cannot start because an attempt failed and none has succeeded since. None is good; follows all variables. `What fails to be pulled, and why?` names each with its reason.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'Nothing fails now',
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
        x: 12,
        y: 5,
      },
      id: 8,
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
          expr: 'count(max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_pull_failing_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node", namespace=~"$namespace", image=~"$image"}))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How many containers fail to pull?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Pods that cannot start before their image is there. Few are good, and many for a minute are a rollout. Where it stays up, the bars below name the images.',
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
        x: 18,
        y: 5,
      },
      id: 9,
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
          expr: 'sum(max by (' + texts.clusterLabel + ', namespace, image) (pullwatch_pending_pods{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", namespace=~"$namespace", image=~"$image"}))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How many pods wait for an image?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "The runtime's own time, without the kubelet's queue. Flat and below the first line is good. Values between the edges of the histogram are estimates. Where it rises, `Which registry is slow?` goes on.",
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
        y: 9,
      },
      id: 10,
      interval: '5m',
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
          expr: 'histogram_quantile(0.5, sum by (le) (sum_over_time(registry:pullwatch_pull_duration_seconds_bucket:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval])))',
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
          expr: 'histogram_quantile(0.9, sum by (le) (sum_over_time(registry:pullwatch_pull_duration_seconds_bucket:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval])))',
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
        y: 9,
      },
      id: 11,
      interval: '5m',
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
          expr: 'round(sum by (le) (sum_over_time(registry:pullwatch_pull_duration_seconds_bucket:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval])))',
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
      description: 'Alerts about image pulls that fire for what is chosen above. Empty is good. A bar that has just begun beside one that lasts is often its effect: begin with the longest, and follow its runbook.',
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
                '1': {
                  color: 'blue',
                  index: 1,
                  text: 'info',
                },
                '2': {
                  color: 'orange',
                  index: 2,
                  text: 'warning',
                },
                '3': {
                  color: 'red',
                  index: 3,
                  text: 'critical',
                },
              },
              type: 'value',
            },
          ],
          noValue: 'No alert fires in this range',
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
        w: 24,
        x: 0,
        y: 17,
      },
      id: 12,
      links: [],
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
          expr: '3 * max by (alertname) (ALERTS{alertstate="firing", alertname=~".*ImagePull.*", severity!="none", ' + texts.clusterLabel + '=~"$cluster", registry=~"$registry|", node=~"$node|", namespace=~"$namespace|", image=~"$image|", severity=~"critical"}) or on (alertname) 2 * max by (alertname) (ALERTS{alertstate="firing", alertname=~".*ImagePull.*", severity!="none", ' + texts.clusterLabel + '=~"$cluster", registry=~"$registry|", node=~"$node|", namespace=~"$namespace|", image=~"$image|", severity=~"warning"}) or on (alertname) max by (alertname) (ALERTS{alertstate="firing", alertname=~".*ImagePull.*", severity!="none", ' + texts.clusterLabel + '=~"$cluster", registry=~"$registry|", node=~"$node|", namespace=~"$namespace|", image=~"$image|", severity=~".*"})',
          format: 'time_series',
          instant: false,
          legendFormat: '{{alertname}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'Which alerts fired, and when?',
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
        y: 25,
      },
      id: 13,
      panels: [],
      title: 'How do pulls end, and what do they spend their time on? (cluster, registry)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Containers by where their image came from, and attempts that failed. Mostly present is good. Much pulled says that nodes come and go or clean up too early; revalidated asks the registry each time, as policy Always does.',
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
        overrides: [
          {
            matcher: {
              id: 'byName',
              options: 'present',
            },
            properties: [
              {
                id: 'color',
                value: {
                  fixedColor: 'green',
                  mode: 'fixed',
                },
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'revalidated',
            },
            properties: [
              {
                id: 'color',
                value: {
                  fixedColor: 'semi-dark-green',
                  mode: 'fixed',
                },
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'pulled',
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
              options: 'failed',
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
        y: 26,
      },
      id: 14,
      interval: '5m',
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
          expr: 'round(sum by (kind) (sum_over_time(registry:pullwatch_pull_cache_hits:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval])))',
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
          expr: 'round(sum by () (sum_over_time(registry:pullwatch_pull_duration_seconds_bucket:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", le="+Inf"}[$__interval])))',
          format: 'time_series',
          instant: false,
          legendFormat: 'pulled',
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
          expr: 'round(sum by () (sum_over_time(registry:pullwatch_pull_failures:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval])))',
          format: 'time_series',
          instant: false,
          legendFormat: 'failed',
          range: true,
          refId: 'C',
        },
      ],
      title: 'How do containers get their images?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Failed attempts by cause, retries counted. Empty is good. not_found is a typo or a deleted tag, auth a missing or expired secret, rate_limited asks for a mirror or credentials.',
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
          noValue: 'No failures in this range',
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
        y: 26,
      },
      id: 15,
      interval: '5m',
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
          expr: 'round(sum by (reason) (sum_over_time(registry:pullwatch_pull_failures:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval])))',
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
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Seconds of all pods together. Little waiting beside pulling is good. Much of it says that the kubelet pulls one image at a time: `serializeImagePulls: false` with `maxParallelImagePulls` helps.',
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
        overrides: [
          {
            matcher: {
              id: 'byName',
              options: 'pulling',
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
              options: "waiting in the kubelet's queue",
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
        w: 12,
        x: 0,
        y: 34,
      },
      id: 16,
      interval: '5m',
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullQueueing',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullQueueing'),
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
          expr: 'sum by () (sum_over_time(registry:pullwatch_pull_duration_seconds_sum:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'pulling',
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
          expr: 'sum by () (sum_over_time(registry:pullwatch_pull_wait_seconds_sum:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval]))',
          format: 'time_series',
          instant: false,
          legendFormat: "waiting in the kubelet's queue",
          range: true,
          refId: 'B',
        },
      ],
      title: 'Do pods wait for pulls, or in a queue?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'At each moment. Peaks of running that end within minutes are rollouts, and good. What stays up over its limit or failing is named in the tables below; pods that wait without running pulls wait for a retry.',
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
        overrides: [
          {
            matcher: {
              id: 'byName',
              options: 'running',
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
              options: 'of these behind another',
            },
            properties: [
              {
                id: 'color',
                value: {
                  fixedColor: 'purple',
                  mode: 'fixed',
                },
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'over their limit',
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
          {
            matcher: {
              id: 'byName',
              options: 'pods that wait',
            },
            properties: [
              {
                id: 'color',
                value: {
                  fixedColor: 'yellow',
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
        x: 12,
        y: 34,
      },
      id: 17,
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
          expr: 'sum(registry:pullwatch_pulls_running:count{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"})',
          format: 'time_series',
          instant: false,
          legendFormat: 'running',
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
          expr: 'sum(registry:pullwatch_pulls_waiting:count{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"})',
          format: 'time_series',
          instant: false,
          legendFormat: 'of these behind another',
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
          expr: 'sum(registry:pullwatch_pulls_over_limit:count{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"})',
          format: 'time_series',
          instant: false,
          legendFormat: 'over their limit',
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
          expr: 'sum(registry:pullwatch_pulls_failing:count{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"})',
          format: 'time_series',
          instant: false,
          legendFormat: 'containers that fail',
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
          expr: 'sum(registry:pullwatch_pods_pending:sum{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"})',
          format: 'time_series',
          instant: false,
          legendFormat: 'pods that wait',
          range: true,
          refId: 'E',
        },
      ],
      title: 'How much was going on, and was anything held up?',
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
        y: 42,
      },
      id: 18,
      panels: [],
      title: 'Which registry, which images? (cluster, registry)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Mean time of a pull. Lines that lie together are good. One far above has large images or is slow: the next graph tells which, and a click shows it beside the others.',
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
              mode: 'dashed',
            },
          },
          links: [
            {
              title: 'Show this registry',
              url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&var-registry=${__field.labels.registry:percentencode}&${__url_time_range}',
            },
          ],
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
        w: 8,
        x: 0,
        y: 43,
      },
      id: 19,
      interval: '5m',
      links: [
        {
          targetBlank: true,
          title: 'Runbook: SlowImagePullsFromRegistry',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'SlowImagePullsFromRegistry'),
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
          expr: 'sum by (registry) (sum_over_time(registry:pullwatch_pull_duration_seconds_sum:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval])) / sum by (registry) (sum_over_time(registry:pullwatch_pull_duration_seconds_bucket:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", le="+Inf"}[$__interval]))',
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
            pointSize: 5,
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
              title: 'Show this registry',
              url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&var-registry=${__field.labels.registry:percentencode}&${__url_time_range}',
            },
          ],
          mappings: [],
          noValue: 'No pulls of known size in this range',
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
        x: 8,
        y: 43,
      },
      id: 20,
      interval: '5m',
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullThroughputLow',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullThroughputLow'),
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
          expr: 'sum by (registry) (sum_over_time(registry:pullwatch_pull_image_bytes:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval])) / sum by (registry) (sum_over_time(registry:pullwatch_pull_sized_seconds:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval]))',
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
      description: 'Pods that cannot start before their image is there; follows namespace and image. None is good, a minute of many is a rollout. One that stays is a pull that hangs or fails: look for the image in the tables below.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          links: [
            {
              title: 'Show this image',
              url: '/d/pullwatch-image?${datasource:queryparam}&${cluster:queryparam}&var-image=${__field.labels.image:percentencode}&${__url_time_range}',
            },
          ],
          mappings: [],
          min: 0,
          noValue: 'No pods wait now',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'blue',
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
        y: 43,
      },
      id: 21,
      links: [],
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
          expr: 'sort_desc(topk(8, sum by (image) (max by (' + texts.clusterLabel + ', namespace, image) (pullwatch_pending_pods{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", namespace=~"$namespace", image=~"$image"}))))',
          format: 'time_series',
          instant: true,
          legendFormat: '{{image}}',
          range: false,
          refId: 'A',
        },
      ],
      title: 'For which images do most pods wait now?',
      transformations: [],
      transparent: false,
      type: 'bargauge',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'The 25 repositories whose pulls took longest together, of the whole hours in the time range. Short times are good. Many pulls at a low mean: keep the image on the nodes, or mirror it. Few at a high one: make it smaller.',
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
          noValue: 'No pulls in the whole hours of this range',
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
              options: 'Pods waited',
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
              options: 'In queues',
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
              options: 'Pulling',
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
              options: 'Pulls',
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
              options: 'Bytes',
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
              options: 'Mean pull',
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
              options: 'Registry',
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
              options: 'Repository',
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
              options: 'Repository',
            },
            properties: [
              {
                id: 'links',
                value: [
                  {
                    title: 'Show images of this repository',
                    url: '/d/pullwatch-image?${datasource:queryparam}&${cluster:queryparam}&var-registry=${__data.fields.Registry:percentencode}&var-repository=${__value.raw:percentencode}&${__url_time_range}',
                  },
                ],
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Repository',
            },
            properties: [
              {
                id: 'custom.width',
                value: 320,
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 9,
        w: 24,
        x: 0,
        y: 51,
      },
      id: 22,
      links: [],
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
            displayName: 'Pods waited',
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
          expr: 'topk(25, sum by (' + texts.clusterLabel + ', registry, repository) (sum_over_time(repository:pullwatch_pull_seconds:increase1h{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range]))) + on (' + texts.clusterLabel + ', registry, repository) sum by (' + texts.clusterLabel + ', registry, repository) (sum_over_time(repository:pullwatch_wait_seconds:increase1h{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range])) or on (' + texts.clusterLabel + ', registry, repository) topk(25, sum by (' + texts.clusterLabel + ', registry, repository) (sum_over_time(repository:pullwatch_pull_seconds:increase1h{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range])))',
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
          expr: 'sum by (' + texts.clusterLabel + ', registry, repository) (sum_over_time(repository:pullwatch_wait_seconds:increase1h{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range])) and on (' + texts.clusterLabel + ', registry, repository) topk(25, sum by (' + texts.clusterLabel + ', registry, repository) (sum_over_time(repository:pullwatch_pull_seconds:increase1h{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range])))',
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
          expr: 'topk(25, sum by (' + texts.clusterLabel + ', registry, repository) (sum_over_time(repository:pullwatch_pull_seconds:increase1h{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range])))',
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
          expr: 'round(sum by (' + texts.clusterLabel + ', registry, repository) (sum_over_time(repository:pullwatch_pulls:increase1h{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range])) and on (' + texts.clusterLabel + ', registry, repository) topk(25, sum by (' + texts.clusterLabel + ', registry, repository) (sum_over_time(repository:pullwatch_pull_seconds:increase1h{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range]))))',
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
          expr: 'sum by (' + texts.clusterLabel + ', registry, repository) (sum_over_time(repository:pullwatch_image_bytes:increase1h{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range])) and on (' + texts.clusterLabel + ', registry, repository) topk(25, sum by (' + texts.clusterLabel + ', registry, repository) (sum_over_time(repository:pullwatch_pull_seconds:increase1h{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__range])))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'E',
        },
      ],
      title: 'Which images cost pods most time?',
      transformations: [
        {
          id: 'merge',
          options: {},
        },
        {
          id: 'calculateField',
          options: {
            alias: 'Mean pull',
            binary: {
              left: 'Value #C',
              operator: '/',
              right: 'Value #D',
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
              [texts.clusterLabel]: true,
            },
            indexByName: {
              'Mean pull': 7,
              'Value #A': 2,
              'Value #B': 3,
              'Value #C': 4,
              'Value #D': 5,
              'Value #E': 6,
              registry: 0,
              repository: 1,
            },
            renameByName: {
              'Mean pull': 'Mean pull',
              'Value #A': 'Pods waited',
              'Value #B': 'In queues',
              'Value #C': 'Pulling',
              'Value #D': 'Pulls',
              'Value #E': 'Bytes',
              registry: 'Registry',
              repository: 'Repository',
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
        y: 60,
      },
      id: 23,
      panels: [],
      title: 'What runs, ends and fails now? (all variables)',
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
                    title: 'Show this image',
                    url: '/d/pullwatch-image?${datasource:queryparam}&${cluster:queryparam}&var-image=${__value.raw:percentencode}&${__url_time_range}',
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
              options: 'Image',
            },
            properties: [
              {
                id: 'custom.width',
                value: 330,
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
                id: 'custom.width',
                value: 115,
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
                id: 'custom.width',
                value: 110,
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Asked ago',
            },
            properties: [
              {
                id: 'custom.width',
                value: 116,
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
                id: 'custom.width',
                value: 116,
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
                id: 'custom.width',
                value: 116,
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
                id: 'custom.width',
                value: 116,
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
                id: 'custom.width',
                value: 116,
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 8,
        w: 24,
        x: 0,
        y: 61,
      },
      id: 24,
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
                    title: 'Show this image',
                    url: '/d/pullwatch-image?${datasource:queryparam}&${cluster:queryparam}&var-image=${__value.raw:percentencode}&${__url_time_range}',
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
          {
            matcher: {
              id: 'byName',
              options: 'Image',
            },
            properties: [
              {
                id: 'custom.width',
                value: 330,
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
                id: 'custom.width',
                value: 115,
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
                id: 'custom.width',
                value: 110,
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
                id: 'custom.width',
                value: 116,
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Fails for',
            },
            properties: [
              {
                id: 'custom.width',
                value: 116,
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 8,
        w: 24,
        x: 0,
        y: 69,
      },
      id: 25,
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
                    title: 'Show this image',
                    url: '/d/pullwatch-image?${datasource:queryparam}&${cluster:queryparam}&var-image=${__value.raw:percentencode}&${__url_time_range}',
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
              options: 'Image',
            },
            properties: [
              {
                id: 'custom.width',
                value: 330,
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
                id: 'custom.width',
                value: 115,
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
                id: 'custom.width',
                value: 110,
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Total',
            },
            properties: [
              {
                id: 'custom.width',
                value: 116,
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
                id: 'custom.width',
                value: 116,
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
                id: 'custom.width',
                value: 116,
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
                id: 'custom.width',
                value: 116,
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
                id: 'custom.width',
                value: 116,
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 8,
        w: 24,
        x: 0,
        y: 77,
      },
      id: 26,
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
      collapsed: false,
      gridPos: {
        h: 1,
        w: 24,
        x: 0,
        y: 85,
      },
      id: 27,
      panels: [],
      title: 'Can this board be believed? (cluster)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Of the watch that has been silent longest. Up to 5 minutes is a quiet cluster and good; above ' + texts.watchStaleSeconds + ' s nothing on this board is new. No exporter at all: see the runbook of ImagePullExporterDown.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          links: [
            {
              title: 'Show the watcher',
              url: '/d/pullwatch-watcher?${datasource:queryparam}&${cluster:queryparam}&${__url_time_range}',
            },
          ],
          mappings: [],
          noValue: 'No exporter',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'red',
              },
              {
                color: 'green',
                value: 0,
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
        h: 4,
        w: 8,
        x: 0,
        y: 86,
      },
      id: 28,
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
          expr: 'max(time() - max by (' + texts.clusterLabel + ', resource) (pullwatch_watch_last_contact_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster"}))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
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
      description: "Containers that started without any Event telling of their image. 0 is good, a few are pods of many containers. What is counted here is in no other panel: the watcher's board goes on.",
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          links: [
            {
              title: 'Show the watcher',
              url: '/d/pullwatch-watcher?${datasource:queryparam}&${cluster:queryparam}&${__url_time_range}',
            },
          ],
          mappings: [],
          noValue: 'No exporter in this range',
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
        w: 8,
        x: 8,
        y: 86,
      },
      id: 29,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullEventsLost',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullEventsLost'),
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
          expr: 'round(sum(sum_over_time(cluster:pullwatch_unseen_pulls:increase5m{' + texts.clusterLabel + '=~"$cluster"}[$__range])))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'Of how many containers is it unknown how their image came?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "Pulls that Events told of, of those that kubelets counted. Near 100 % is good; a kubelet counts each credential that it tries, so that less may be complete. Low: the watcher's board names the nodes. Kubelets are read with serve --kubelet-metrics.",
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          links: [
            {
              title: 'Show the watcher',
              url: '/d/pullwatch-watcher?${datasource:queryparam}&${cluster:queryparam}&${__url_time_range}',
            },
          ],
          mappings: [],
          noValue: 'No kubelet is read',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'text',
              },
              {
                color: 'red',
                value: 0,
              },
              {
                color: 'green',
                value: values.eventsToldRatio,
              },
            ],
          },
          unit: 'percentunit',
        },
        overrides: [],
      },
      gridPos: {
        h: 4,
        w: 8,
        x: 16,
        y: 86,
      },
      id: 30,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullEventsLost',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullEventsLost'),
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
          expr: 'sum(sum_over_time(cluster:pullwatch_runtime_pulls_seen:increase5m{' + texts.clusterLabel + '=~"$cluster"}[$__range])) / (sum(sum_over_time(cluster:pullwatch_runtime_pulls:increase5m{' + texts.clusterLabel + '=~"$cluster"}[$__range])) > 0)',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: "Which share of the kubelets' pulls was told?",
      transformations: [],
      transparent: false,
      type: 'stat',
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

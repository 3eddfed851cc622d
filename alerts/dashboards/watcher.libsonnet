// Written by `make docs` from dashboards/watcher.dashboard.py: change that file, not this one.
function(values, texts) {
  annotations: {
    list: [
      {
        datasource: {
          type: 'prometheus',
          uid: '${datasource}',
        },
        enable: true,
        expr: 'max by (alertname, severity, ' + texts.clusterLabel + ') (ALERTS{alertstate="firing", alertname=~"ImagePullExporterDown|ImagePullWatchStale|ImagePullEventsLost", ' + texts.clusterLabel + '=~"$cluster"})',
        hide: false,
        iconColor: 'red',
        name: 'Alerts about the watcher',
        titleFormat: '{{alertname}} {{' + texts.clusterLabel + '}}',
      },
    ],
  },
  description: 'Whether what pullwatch shows can be believed: is somebody watching, is everything heard, is there room.',
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
      title: 'Does somebody watch?',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'One that counts, at any time, is good; others stand by. Two at once are a rollout. A gap or red without another one in green is time of which nothing is known: see the runbook.',
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
                '-1': {
                  color: 'red',
                  index: -1,
                  text: 'does not answer',
                },
                '0': {
                  color: 'blue',
                  index: 0,
                  text: 'stands by',
                },
                '1': {
                  color: 'green',
                  index: 1,
                  text: 'counts pulls',
                },
              },
              type: 'value',
            },
          ],
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
        w: 12,
        x: 0,
        y: 1,
      },
      id: 2,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullExporterDown',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullExporterDown'),
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
          expr: 'max by (' + texts.clusterLabel + ', instance) (pullwatch_leader{' + texts.clusterLabel + '=~"$cluster"}) or on (' + texts.clusterLabel + ', instance) max by (' + texts.clusterLabel + ', instance) (up{' + texts.clusterLabel + '=~"$cluster", ' + texts.exporterSelector + '} == 0) - 1',
          format: 'time_series',
          instant: false,
          legendFormat: '{{instance}} {{' + texts.clusterLabel + '}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'Which exporters answer, and which one counts?',
      transformations: [],
      transparent: false,
      type: 'state-timeline',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "Up to 5 minutes is a quiet cluster and good. Above the line nothing on any board is new: look at the exporter's log and at the API server.",
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
          noValue: 'No exporter in this range',
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
        w: 12,
        x: 12,
        y: 1,
      },
      id: 3,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullWatchStale',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullWatchStale'),
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
          expr: 'time() - max by (' + texts.clusterLabel + ', resource) (pullwatch_watch_last_contact_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster"})',
          format: 'time_series',
          instant: false,
          legendFormat: '{{resource}} {{' + texts.clusterLabel + '}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'How long ago was each watch heard?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'None, or one now and then, is good: nothing is lost by it. Several in each step are an API server that restarts, or something between that cuts connections; the reason says which.',
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
          noValue: 'No watch was opened again in this range',
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
        y: 9,
      },
      id: 4,
      interval: '5m',
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullWatchStale',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullWatchStale'),
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
          expr: 'round(sum by (resource, reason) (increase(pullwatch_watch_restarts_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval]))) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: '{{resource}}: {{reason}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'Why were watches opened again?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
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
        w: 12,
        x: 12,
        y: 9,
      },
      id: 5,
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
          expr: 'histogram_quantile(0.5, sum by (le) (rate(pullwatch_event_lag_seconds_bucket{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval]))) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: 'half of the Events, at most',
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
          expr: 'histogram_quantile(0.99, sum by (le) (rate(pullwatch_event_lag_seconds_bucket{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval]))) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: '99 of 100, at most',
          range: true,
          refId: 'B',
        },
      ],
      title: 'How late do Events arrive?',
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
        y: 17,
      },
      id: 6,
      panels: [],
      title: 'Does it hear and understand everything?',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Per minute; _other has nothing to do with images. A steady trickle with peaks at rollouts is good. None while pods start means that Events are not heard, or that the API server drops them.',
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
          noValue: 'No Events in this range',
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
        overrides: [
          {
            matcher: {
              id: 'byName',
              options: 'BackOff',
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
              options: 'Failed',
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
              options: 'Pulled',
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
              options: 'Pulling',
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
        ],
      },
      gridPos: {
        h: 8,
        w: 12,
        x: 0,
        y: 18,
      },
      id: 7,
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
          expr: '60 * sum by (reason) (rate(pullwatch_events_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval])) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: '{{reason}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'Which Events arrive?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Events. Nothing is good. Texts in no known form are a runtime or kubelet that is new to pullwatch: their pulls are in no figure. Contradictions are somebody who writes Events himself. Of pods not known: counted, but nothing could be checked.',
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
        w: 12,
        x: 12,
        y: 18,
      },
      id: 8,
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
          expr: 'round(sum(increase(pullwatch_events_unparsed_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval])))',
          format: 'time_series',
          instant: false,
          legendFormat: 'texts in no known form',
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
          expr: 'round(sum(increase(pullwatch_events_coalesced_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval])))',
          format: 'time_series',
          instant: false,
          legendFormat: 'older texts gone',
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
          expr: 'round(sum by (reason) (increase(pullwatch_events_rejected_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval]))) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: 'contradicts: {{reason}}',
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
          expr: 'round(sum(increase(pullwatch_events_unverified_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval])))',
          format: 'time_series',
          instant: false,
          legendFormat: 'of a pod not known',
          range: true,
          refId: 'D',
        },
      ],
      title: 'What was not understood or believed?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'No Event told whether these pulled. 0 is good; a few are pods of many containers, of which a kubelet sends the first 25 Events only. Many on many nodes: Events are lost between kubelets and us.',
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
        w: 12,
        x: 0,
        y: 26,
      },
      id: 9,
      interval: '5m',
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullEventsLost',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullEventsLost'),
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
          expr: 'round(sum by (' + texts.clusterLabel + ') (sum_over_time(cluster:pullwatch_unseen_pulls:increase5m{' + texts.clusterLabel + '=~"$cluster"}[$__interval])))',
          format: 'time_series',
          instant: false,
          legendFormat: 'containers {{' + texts.clusterLabel + '}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'How many containers started without a word of their image?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "Near 100 % is good; above it an Event came before the kubelet's count. A kubelet counts each credential that it tries, so that a steady lower share may be complete. Below the line pulls are missing on all boards.",
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
          noValue: 'No kubelet is read: serve --kubelet-metrics',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'red',
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
        h: 8,
        w: 12,
        x: 12,
        y: 26,
      },
      id: 10,
      interval: '5m',
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullEventsLost',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullEventsLost'),
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
          expr: 'sum by (' + texts.clusterLabel + ') (sum_over_time(cluster:pullwatch_runtime_pulls_seen:increase5m{' + texts.clusterLabel + '=~"$cluster"}[$__interval])) / (sum by (' + texts.clusterLabel + ') (sum_over_time(cluster:pullwatch_runtime_pulls:increase5m{' + texts.clusterLabel + '=~"$cluster"}[$__interval])) > 0)',
          format: 'time_series',
          instant: false,
          legendFormat: 'told {{' + texts.clusterLabel + '}}',
          range: true,
          refId: 'A',
        },
      ],
      title: "Which share of the kubelets' pulls did Events tell?",
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Share of the last 30 minutes, of nodes that pulled. Near 100 % everywhere is good. One node alone low: its kubelet drops Events, or somebody pulls there by hand; all nodes low: the API server.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          links: [
            {
              title: 'Show this node',
              url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&var-node=${__field.labels.node:percentencode}&${__url_time_range}',
            },
          ],
          mappings: [],
          min: 0,
          noValue: 'No kubelet is read: serve --kubelet-metrics',
          thresholds: {
            mode: 'absolute',
            steps: [
              {
                color: 'red',
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
        h: 8,
        w: 12,
        x: 0,
        y: 34,
      },
      id: 11,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullEventsLost',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullEventsLost'),
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
          expr: 'sort(bottomk(8, max by (' + texts.clusterLabel + ', node) (pullwatch_node:pull_coverage:ratio30m{' + texts.clusterLabel + '=~"$cluster"})))',
          format: 'time_series',
          instant: true,
          legendFormat: '{{node}} {{' + texts.clusterLabel + '}}',
          range: false,
          refId: 'A',
        },
      ],
      title: 'Of which nodes do Events tell least?',
      transformations: [],
      transparent: false,
      type: 'bargauge',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Reads per minute by result. Nothing but ok is good. Others name what is wrong: rights to get nodes/metrics, the certificate, or the way to port 10250; such nodes have no share above.',
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
          noValue: 'No kubelet is read: serve --kubelet-metrics',
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
        overrides: [
          {
            matcher: {
              id: 'byName',
              options: 'ok',
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
        ],
      },
      gridPos: {
        h: 8,
        w: 12,
        x: 12,
        y: 34,
      },
      id: 12,
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
          expr: '60 * sum by (result) (rate(pullwatch_kubelet_reads_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval])) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: '{{result}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'Are the kubelets read?',
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
      id: 13,
      panels: [],
      title: 'Is there room?',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Series of the exporter with the most, and label sets of the time range that found no room. None of these is good. Where there are some, what is new counts in _other, or is not shown: docs/metrics.md names the cap of each family.',
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
        overrides: [
          {
            matcher: {
              id: 'byName',
              options: 'Series',
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
              options: 'Found no room',
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
                      value: 1,
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
              options: 'Family',
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
              options: 'Family',
            },
            properties: [
              {
                id: 'custom.width',
                value: 340,
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 8,
        w: 12,
        x: 0,
        y: 43,
      },
      id: 14,
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
            displayName: 'Series',
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
          expr: 'max by (family) (pullwatch_series{' + texts.clusterLabel + '=~"$cluster"})',
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
          expr: 'round(sum by (family) (increase(pullwatch_series_dropped_total{' + texts.clusterLabel + '=~"$cluster"}[$__range]))) > 0',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'B',
        },
      ],
      title: 'Which families are large, and which are full?',
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
            },
            indexByName: {
              'Value #A': 1,
              'Value #B': 2,
              family: 0,
            },
            renameByName: {
              'Value #A': 'Series',
              'Value #B': 'Found no room',
              family: 'Family',
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
      description: 'Nothing is good. Series: a cap was reached, see the table. Layers: more images than are kept. Checkpoint: after a restart such Events are not counted again. Pods: too many started at a time to look at each.',
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
        w: 12,
        x: 12,
        y: 43,
      },
      id: 15,
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
          expr: 'round(sum by (family) (increase(pullwatch_series_dropped_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval]))) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: 'series: {{family}}',
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
          expr: 'round(sum by (kind) (increase(pullwatch_layers_dropped_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval]))) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: 'layers: {{kind}}',
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
          expr: 'round(sum(increase(pullwatch_checkpoint_events_dropped_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval])))',
          format: 'time_series',
          instant: false,
          legendFormat: 'checkpoint: Events',
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
          expr: 'round(sum(increase(pullwatch_pods_unchecked_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval])))',
          format: 'time_series',
          instant: false,
          legendFormat: 'pods not looked at',
          range: true,
          refId: 'D',
        },
      ],
      title: 'What found no room?',
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
        y: 51,
      },
      id: 16,
      panels: [],
      title: 'What do agents and registries tell, and what does it cost?',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Nodes whose agents tell what images they hold. All nodes is good. Fewer: look at the DaemonSet, and at `What do agents report?` for refusals.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No agent: serve --agents',
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
        y: 52,
      },
      id: 17,
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
          expr: 'sum(max by (' + texts.clusterLabel + ') (pullwatch_agents{' + texts.clusterLabel + '=~"$cluster"})) > 0',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How many nodes have an agent that tells?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'By agents, or by the registry process. Steady is good. Without layers the board of an image shows no largest layer, and nobody tells what images share.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No layers: serve --agents',
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
        y: 52,
      },
      id: 18,
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
          expr: 'sum(max by (' + texts.clusterLabel + ') (pullwatch_layer_tables{' + texts.clusterLabel + '=~"$cluster"})) > 0',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'Of how many images are the layers known?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Of the largest process. Below 100 MiB is good, also with 5,000 nodes and 100,000 series. More: see which family is large in the table above.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
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
          unit: 'bytes',
        },
        overrides: [],
      },
      gridPos: {
        h: 4,
        w: 6,
        x: 12,
        y: 52,
      },
      id: 19,
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
          expr: 'max(process_resident_memory_bytes{' + texts.clusterLabel + '=~"$cluster", ' + texts.exporterSelector + '})',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How much memory does the exporter take?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Of the busiest process. Below 5 % is good; 500 Events a second take 1 %. More comes from scrapes of many series, or from a flood of Events: see `Which Events arrive?`.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
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
          unit: 'percentunit',
        },
        overrides: [],
      },
      gridPos: {
        h: 4,
        w: 6,
        x: 18,
        y: 52,
      },
      id: 20,
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
          expr: 'max(rate(process_cpu_seconds_total{' + texts.clusterLabel + '=~"$cluster", ' + texts.exporterSelector + '}[$__rate_interval]))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How much of a core does the exporter take?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Reports per minute that were taken, and what was refused. No refusals are good. Refused tokens: --agents-account and --agents-audience on both sides; another node: an agent that speaks for a node that is not its own.',
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
          noValue: 'No agent tells anything: serve --agents, and an agent on each node',
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
        y: 56,
      },
      id: 21,
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
          expr: '60 * sum by (kind) (rate(pullwatch_agent_reports_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval])) > 0',
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
          expr: '60 * sum by (reason) (rate(pullwatch_agent_refusals_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval])) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: 'refused: {{reason}}',
          range: true,
          refId: 'B',
        },
      ],
      title: 'What do agents report?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "Questions for layers per minute, and the registry process' own requests by host. Told and ok are good. unreachable: the process is not there; not_told: credentials, or a host that it may not ask.",
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
          noValue: 'No registry is asked: serve --layers-from, and pullwatch registry',
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
        y: 56,
      },
      id: 22,
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
          expr: '60 * sum by (outcome) (rate(pullwatch_layer_requests_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval])) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: 'layers: {{outcome}}',
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
          expr: '60 * sum by (host, outcome) (rate(pullwatch_registry_requests_total{' + texts.clusterLabel + '=~"$cluster"}[$__rate_interval])) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: '{{host}}: {{outcome}}',
          range: true,
          refId: 'B',
        },
      ],
      title: 'What do registries answer?',
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
    ],
  },
  time: {
    from: 'now-6h',
    to: 'now',
  },
  timepicker: {},
  timezone: 'browser',
  title: 'pullwatch / Watcher',
  uid: 'pullwatch-watcher',
  version: 0,
}

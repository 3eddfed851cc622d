// Written by `make docs` from dashboards/node-and-registry.dashboard.py: change that file, not this one.
function(values, texts) {
  annotations: {
    list: [
      {
        datasource: {
          type: 'prometheus',
          uid: '${datasource}',
        },
        enable: true,
        expr: 'max by (alertname, severity, ' + texts.clusterLabel + ', node, registry) (ALERTS{alertstate="firing", alertname=~".*ImagePull.*", image="", ' + texts.clusterLabel + '=~"$cluster", node=~"$node|", registry=~"$registry|"})',
        hide: false,
        iconColor: 'red',
        name: 'Alerts',
        titleFormat: '{{alertname}} {{node}} {{registry}}',
      },
    ],
  },
  description: 'Image pulls by node and by registry: is it one of them, or everything, and what do the slow ones have in common?',
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
      title: 'Is it one node, one registry, or everything? (last ' + texts.wideWindow + '; cluster)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Nodes on which a share of more than ' + texts.wideShare + ' of the pulls took over ' + texts.wideEdgeSeconds + ' s. None is good. One or two: go on with the nodes below. Many at once, and a slow registry beside them: it is the registry, or the network.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No slow node',
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
        w: 8,
        x: 0,
        y: 1,
      },
      id: 2,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: SlowImagePullsOnNode',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'SlowImagePullsOnNode'),
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
          expr: 'sum(cluster:pullwatch_nodes_over_edge:count' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster"})',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How many nodes are slow?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Of the nodes with at least ' + texts.widePulls + ' pulls in the last ' + texts.wideWindow + '; fewer say nothing. 0 % is good. A few percent are single nodes; about all of them is what they have in common: registry, network, or a kind of node.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No node with enough pulls',
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
        w: 8,
        x: 8,
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
          expr: 'avg(max by (' + texts.clusterLabel + ', node) (node:pullwatch_pulls_over_edge:ratio' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster"}) > bool ' + texts.wideShare + ')',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'Which share of nodes is that?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "Nodes whose pods waited for each other's pulls for longer than these took. None is good. Else `On which nodes do pulls wait?` names them: one large pull holds up all that come after it.",
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No queue',
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
        w: 8,
        x: 16,
        y: 1,
      },
      id: 4,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullQueueing',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullQueueing'),
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
          expr: 'count(max by (' + texts.clusterLabel + ', node) (node:pullwatch_pull_wait_seconds:sum' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster"}) > on (' + texts.clusterLabel + ', node) max by (' + texts.clusterLabel + ', node) (node:pullwatch_pull_seconds:sum' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster"}))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'On how many nodes do pulls queue?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Registries from which a share of more than ' + texts.wideShare + ' of the pulls took over ' + texts.wideEdgeSeconds + " s. None is good. One: go on with the registries below. All at once: it is the nodes' disks, or the way out of the cluster.",
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No slow registry',
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
        w: 8,
        x: 0,
        y: 5,
      },
      id: 5,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: SlowImagePullsFromRegistry',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'SlowImagePullsFromRegistry'),
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
          expr: 'count(max by (' + texts.clusterLabel + ', registry) (registry:pullwatch_pulls_over_edge:ratio' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster"}) > ' + texts.wideShare + ')',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How many registries are slow?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Of the worst registry: bytes per second of the last ' + texts.throughputWindow + ' by those of ' + texts.usualWindow + '. About 100 % is good. In red, see `What does each registry give, beside its past and the others?`: they tell whether it is the registry or all of them.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No registry to compare',
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
                value: 0,
              },
              {
                color: 'green',
                value: values.throughputShare,
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
        x: 8,
        y: 5,
      },
      id: 6,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullThroughputLow',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullThroughputLow'),
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
          expr: 'min(registry:pullwatch_pull_bytes_per_second_to_usual:ratio' + texts.throughputWindow + '{' + texts.clusterLabel + '=~"$cluster"})',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: "What is left of a registry's usual speed?",
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Registries that answer a container now that too much was pulled. None is good. Log in to the registry, or pull through a mirror: the last table names the pods that are held up.',
      fieldConfig: {
        defaults: {
          color: {
            mode: 'thresholds',
          },
          custom: {},
          mappings: [],
          noValue: 'No rate limit',
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
        w: 8,
        x: 16,
        y: 5,
      },
      id: 7,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullRateLimited',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullRateLimited'),
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
          expr: 'count(count by (' + texts.clusterLabel + ', registry) (pod:pullwatch_pull_failing_seconds:max{' + texts.clusterLabel + '=~"$cluster", reason="rate_limited"}))',
          format: 'time_series',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'How many registries refuse by a limit?',
      transformations: [],
      transparent: false,
      type: 'stat',
    },
    {
      collapsed: false,
      gridPos: {
        h: 1,
        w: 24,
        x: 0,
        y: 9,
      },
      id: 8,
      panels: [],
      title: 'Which nodes? (cluster, node)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Of the last ' + texts.wideWindow + '; slow are pulls of over ' + texts.wideEdgeSeconds + ' s, told of nodes with ' + texts.widePulls + ' pulls or more. Shares that are alike are good. One node far above the others: cordon it, and look at its disk and network. A click shows it alone.',
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
          noValue: 'No pulls in the last ' + texts.wideWindow,
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
              options: 'Slow pulls',
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
                id: 'thresholds',
                value: {
                  mode: 'absolute',
                  steps: [
                    {
                      color: 'text',
                    },
                    {
                      color: 'red',
                      value: values.wideShare,
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
              options: 'Pull time',
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
              options: 'Waited',
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
              options: 'Wait now',
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
              options: 'Fail now',
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
                    title: 'Show this node alone',
                    url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&${registry:queryparam}&var-node=${__value.raw:percentencode}&${__url_time_range}',
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
        y: 10,
      },
      id: 9,
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
            displayName: 'Slow pulls',
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
          expr: 'max by (' + texts.clusterLabel + ', node) (node:pullwatch_pulls_over_edge:ratio' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster", node=~"$node"})',
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
          expr: 'max by (' + texts.clusterLabel + ', node) (node:pullwatch_pulls:count' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster", node=~"$node"})',
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
          expr: 'max by (' + texts.clusterLabel + ', node) (node:pullwatch_pull_seconds:sum' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster", node=~"$node"})',
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
          expr: 'max by (' + texts.clusterLabel + ', node) (node:pullwatch_pull_wait_seconds:sum' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster", node=~"$node"})',
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
          expr: 'count by (' + texts.clusterLabel + ', node) (pod:pullwatch_pull_waiting_seconds:max{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node"})',
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
          expr: 'count by (' + texts.clusterLabel + ', node) (pod:pullwatch_pull_failing_seconds:max{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node"})',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'F',
        },
      ],
      title: 'Which nodes are slow now?',
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
              'Value #F': 6,
              node: 0,
            },
            renameByName: {
              'Value #A': 'Slow pulls',
              'Value #B': 'Pulls',
              'Value #C': 'Pull time',
              'Value #D': 'Waited',
              'Value #E': 'Wait now',
              'Value #F': 'Fail now',
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
      description: 'By whole hours, the present one comes when it is over. Means that are alike are good. A high mean of few pulls is one large image; of many it is the node. Few images already there for each pull: the node is new, or loses its images.',
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
          noValue: 'No whole hour with pulls in this range',
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
              options: 'Pull time',
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
              options: 'Wait time',
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
              options: 'Image bytes',
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
              options: 'Failed',
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
              options: 'Already there',
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
              options: 'Mean wait',
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
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'There per pull',
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
                    title: 'Show this node alone',
                    url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&${registry:queryparam}&var-node=${__value.raw:percentencode}&${__url_time_range}',
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
        y: 18,
      },
      id: 10,
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
            displayName: 'Mean pull',
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
          expr: 'round(sum by (' + texts.clusterLabel + ', node) (sum_over_time(node:pullwatch_pulls:increase1h{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}[$__range])))',
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
          expr: 'sum by (' + texts.clusterLabel + ', node) (sum_over_time(node:pullwatch_pull_seconds:increase1h{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}[$__range]))',
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
          expr: 'sum by (' + texts.clusterLabel + ', node) (sum_over_time(node:pullwatch_wait_seconds:increase1h{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}[$__range]))',
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
          expr: 'sum by (' + texts.clusterLabel + ', node) (sum_over_time(node:pullwatch_image_bytes:increase1h{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}[$__range]))',
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
          expr: 'round(sum by (' + texts.clusterLabel + ', node) (sum_over_time(node:pullwatch_failures:increase1h{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}[$__range])))',
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
          expr: 'round(sum by (' + texts.clusterLabel + ', node) (sum_over_time(node:pullwatch_cache_hits:increase1h{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}[$__range])))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'F',
        },
      ],
      title: 'Which nodes were slow in this range?',
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
              left: 'Value #B',
              operator: '/',
              right: 'Value #A',
            },
            mode: 'binary',
            replaceFields: false,
          },
        },
        {
          id: 'calculateField',
          options: {
            alias: 'Mean wait',
            binary: {
              left: 'Value #C',
              operator: '/',
              right: 'Value #A',
            },
            mode: 'binary',
            replaceFields: false,
          },
        },
        {
          id: 'calculateField',
          options: {
            alias: 'There per pull',
            binary: {
              left: 'Value #F',
              operator: '/',
              right: 'Value #A',
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
              'Mean wait': 8,
              'There per pull': 9,
              'Value #A': 1,
              'Value #B': 2,
              'Value #C': 3,
              'Value #D': 4,
              'Value #E': 5,
              'Value #F': 6,
              node: 0,
            },
            renameByName: {
              'Mean pull': 'Mean pull',
              'Mean wait': 'Mean wait',
              'There per pull': 'There per pull',
              'Value #A': 'Pulls',
              'Value #B': 'Pull time',
              'Value #C': 'Wait time',
              'Value #D': 'Image bytes',
              'Value #E': 'Failed',
              'Value #F': 'Already there',
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
        y: 26,
      },
      id: 11,
      panels: [],
      title: 'How do nodes differ? (cluster; node where a panel says so)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "Mean time of a node's pulls, hour by hour; of one chosen node it is one line. Between the two lines of all nodes is good. Above them for hours: its disk, its network, or what runs there. The table of whole hours names the slowest.",
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
          noValue: 'No whole hour with pulls in this range',
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
        y: 27,
      },
      id: 12,
      interval: '1h',
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
          expr: 'max by (' + texts.clusterLabel + ') (avg_over_time(node:pullwatch_pull_seconds:mean1h{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}[$__interval]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'slowest of the chosen nodes {{' + texts.clusterLabel + '}}',
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
          expr: 'avg by (' + texts.clusterLabel + ') (avg_over_time(node:pullwatch_pull_seconds:mean1h{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}[$__interval]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'chosen nodes, on average {{' + texts.clusterLabel + '}}',
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
          expr: 'avg_over_time(cluster:pullwatch_node_pull_seconds:median1h{' + texts.clusterLabel + '=~"$cluster"}[$__interval])',
          format: 'time_series',
          instant: false,
          legendFormat: 'half of all nodes, at most {{' + texts.clusterLabel + '}}',
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
          expr: 'avg_over_time(cluster:pullwatch_node_pull_seconds:p90_1h{' + texts.clusterLabel + '=~"$cluster"}[$__interval])',
          format: 'time_series',
          instant: false,
          legendFormat: '9 of 10 nodes, at most {{' + texts.clusterLabel + '}}',
          range: true,
          refId: 'D',
        },
      ],
      title: 'Are the chosen nodes slower than the others?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Mean time of a pull by pool of nodes, without queue. Pools that lie together are good. One far above has slower disks, another network, or larger images: compare its bytes and its machines in the table below.',
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
        x: 12,
        y: 27,
      },
      id: 13,
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
          expr: 'sum by (pool) (sum_over_time(pool:pullwatch_node_pull_seconds:increase5m{' + texts.clusterLabel + '=~"$cluster"}[$__interval])) / sum by (pool) (sum_over_time(pool:pullwatch_node_pulls:increase5m{' + texts.clusterLabel + '=~"$cluster"}[$__interval]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'pool {{pool}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'Which pool is slow?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Mean time of a pull by version of the container runtime. Versions that lie together are good. One that is slower since an upgrade, in several pools, is worth a look at its snapshotter and its settings.',
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
        y: 35,
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
          expr: 'sum by (runtime_version) (sum_over_time(pool:pullwatch_node_pull_seconds:increase5m{' + texts.clusterLabel + '=~"$cluster"}[$__interval])) / sum by (runtime_version) (sum_over_time(pool:pullwatch_node_pulls:increase5m{' + texts.clusterLabel + '=~"$cluster"}[$__interval]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'runtime {{runtime_version}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'Is it a version of the runtime?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Failed attempts, each retry counted. Empty is good. All pools alike: registry or image, see its failures by reason. One pool alone: its DNS, its way to the registry, or its credentials.',
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
        y: 35,
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
          expr: 'round(sum by (pool) (sum_over_time(pool:pullwatch_node_failures:increase5m{' + texts.clusterLabel + '=~"$cluster"}[$__interval])))',
          format: 'time_series',
          instant: false,
          legendFormat: 'pool {{pool}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'In which pools do attempts fail?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Kinds of nodes; of one chosen node what it is. Slow as in the last ' + texts.wideWindow + '. No slow ones are good. All in one row: what stands there is the cause, such as a zone, a machine or a version. Spread over all rows: no kind of node is to blame.',
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
          noValue: 'No nodes known',
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
              options: 'Nodes',
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
              options: 'Pull enough',
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
              options: 'Slow now',
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
              options: 'Slow of them',
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
                      value: values.wideShare,
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
              options: 'Pool',
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
              options: 'Machine',
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
              options: 'Zone',
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
              options: 'Arch',
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
              options: 'Runtime',
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
              options: 'Kubelet',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 7,
        w: 24,
        x: 0,
        y: 43,
      },
      id: 16,
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
            displayName: 'Slow now',
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
          expr: 'count by (' + texts.clusterLabel + ', pool, instance_type, zone, arch, runtime_version, kubelet_version) (max by (' + texts.clusterLabel + ', node, pool, instance_type, zone, arch, runtime_version, kubelet_version) (pullwatch_node_info{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}))',
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
          expr: 'count by (' + texts.clusterLabel + ', pool, instance_type, zone, arch, runtime_version, kubelet_version) (max by (' + texts.clusterLabel + ', node, pool, instance_type, zone, arch, runtime_version, kubelet_version) (pullwatch_node_info{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}) and on (' + texts.clusterLabel + ', node) node:pullwatch_pulls_over_edge:ratio' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster", node=~"$node"})',
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
          expr: 'count by (' + texts.clusterLabel + ', pool, instance_type, zone, arch, runtime_version, kubelet_version) (max by (' + texts.clusterLabel + ', node, pool, instance_type, zone, arch, runtime_version, kubelet_version) (pullwatch_node_info{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}) and on (' + texts.clusterLabel + ', node) node:pullwatch_pulls_over_edge:ratio' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster", node=~"$node"} > ' + texts.wideShare + ')',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'C',
        },
      ],
      title: 'What do the slow nodes have in common?',
      transformations: [
        {
          id: 'merge',
          options: {},
        },
        {
          id: 'calculateField',
          options: {
            alias: 'Slow of them',
            binary: {
              left: 'Value #C',
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
              [texts.clusterLabel]: true,
            },
            indexByName: {
              'Slow of them': 9,
              'Value #A': 6,
              'Value #B': 7,
              'Value #C': 8,
              arch: 3,
              instance_type: 1,
              kubelet_version: 5,
              pool: 0,
              runtime_version: 4,
              zone: 2,
            },
            renameByName: {
              'Slow of them': 'Slow of them',
              'Value #A': 'Nodes',
              'Value #B': 'Pull enough',
              'Value #C': 'Slow now',
              arch: 'Arch',
              instance_type: 'Machine',
              kubelet_version: 'Kubelet',
              pool: 'Pool',
              runtime_version: 'Runtime',
              zone: 'Zone',
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
        y: 50,
      },
      id: 17,
      panels: [],
      title: 'Do pulls wait for each other? (cluster, node or registry)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Waits of all pods together, from ' + texts.queueingSeconds + ' s in ' + texts.wideWindow + ' on, and the pulls of that time. None is good. More waited than pulled: one image holds up many. `serializeImagePulls: false` with `maxParallelImagePulls` helps.',
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
          noValue: 'No node with a queue',
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
              options: 'Waited',
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
              options: 'Pulls took',
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
              options: 'Wait now',
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
              options: 'Waited / took',
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
                    title: 'Show this node alone',
                    url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&${registry:queryparam}&var-node=${__value.raw:percentencode}&${__url_time_range}',
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
        x: 0,
        y: 51,
      },
      id: 18,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullQueueing',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullQueueing'),
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
            displayName: 'Waited',
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
          expr: 'max by (' + texts.clusterLabel + ', node) (node:pullwatch_pull_wait_seconds:sum' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster", node=~"$node"})',
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
          expr: 'max by (' + texts.clusterLabel + ', node) (node:pullwatch_pull_seconds:sum' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}) and on (' + texts.clusterLabel + ', node) (node:pullwatch_pull_wait_seconds:sum' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster", node=~"$node"} or on (' + texts.clusterLabel + ', node) pod:pullwatch_pull_waiting_seconds:max{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node"})',
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
          expr: 'count by (' + texts.clusterLabel + ', node) (pod:pullwatch_pull_waiting_seconds:max{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node"})',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'C',
        },
      ],
      title: 'On which nodes do pulls wait?',
      transformations: [
        {
          id: 'merge',
          options: {},
        },
        {
          id: 'calculateField',
          options: {
            alias: 'Waited / took',
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
              [texts.clusterLabel]: true,
            },
            indexByName: {
              'Value #A': 1,
              'Value #B': 2,
              'Value #C': 3,
              'Waited / took': 4,
              node: 0,
            },
            renameByName: {
              'Value #A': 'Waited',
              'Value #B': 'Pulls took',
              'Value #C': 'Wait now',
              'Waited / took': 'Waited / took',
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
      description: 'Pulls that others are ahead of on their node. Short peaks are rollouts, and good. A plateau is a node that is blocked: the table beside it names it, the last row what it pulls.',
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
        y: 51,
      },
      id: 19,
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
          expr: 'sum by (registry) (registry:pullwatch_pulls_waiting:count{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"})',
          format: 'time_series',
          instant: false,
          legendFormat: '{{registry}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'For images of which registry do pulls wait?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: "Time in the kubelet's queue, of queue and pull together. Below a tenth is good: images then come when they are asked for. Above a half, pulls side by side save more than a faster registry.",
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
          unit: 'percentunit',
        },
        overrides: [],
      },
      gridPos: {
        h: 8,
        w: 12,
        x: 0,
        y: 59,
      },
      id: 20,
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
          expr: 'sum by (registry) (sum_over_time(registry:pullwatch_pull_wait_seconds_sum:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval])) / (sum by (registry) (sum_over_time(registry:pullwatch_pull_wait_seconds_sum:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval])) + sum by (registry) (sum_over_time(registry:pullwatch_pull_duration_seconds_sum:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval])) > 0)',
          format: 'time_series',
          instant: false,
          legendFormat: '{{registry}}',
          range: true,
          refId: 'A',
        },
      ],
      title: "Which share of a pod's wait is the queue?",
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Mean wait of a pull by pool of nodes. Near 0 is good. Kubelets are set up by pool: one that waits longer than the others pulls one image at a time, or starts too many pods at once.',
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
          noValue: 'No pulls waited in this range',
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
        y: 59,
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
          expr: 'sum by (pool) (sum_over_time(pool:pullwatch_node_wait_seconds:increase5m{' + texts.clusterLabel + '=~"$cluster"}[$__interval])) / sum by (pool) (sum_over_time(pool:pullwatch_node_pulls:increase5m{' + texts.clusterLabel + '=~"$cluster"}[$__interval]))',
          format: 'time_series',
          instant: false,
          legendFormat: 'pool {{pool}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'In which pools do pulls wait?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'What is untold is in no other panel. None is good; a few are containers with several credentials, each of which the kubelet counts. Told is there for kubelets that are read. Many untold: follow the runbook.',
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
          noValue: 'No pulls without Events in the last 30 minutes',
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
              options: 'Counted',
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
              options: 'Untold',
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
                      value: values.eventsLostMinimum,
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
              options: 'Told',
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
                    title: 'Show this node alone',
                    url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&${registry:queryparam}&var-node=${__value.raw:percentencode}&${__url_time_range}',
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
        y: 67,
      },
      id: 22,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullEventsLost',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullEventsLost'),
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
            displayName: 'Untold',
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
          expr: 'round(max by (' + texts.clusterLabel + ', node) (pullwatch_node:pulls_counted:increase30m{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}) and on (' + texts.clusterLabel + ', node) pullwatch_node:pulls_lost:increase30m{' + texts.clusterLabel + '=~"$cluster", node=~"$node"} > 0)',
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
          expr: 'round(max by (' + texts.clusterLabel + ', node) (pullwatch_node:pulls_lost:increase30m{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}) > 0)',
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
          expr: 'max by (' + texts.clusterLabel + ', node) (pullwatch_node:pull_coverage:ratio30m{' + texts.clusterLabel + '=~"$cluster", node=~"$node"}) and on (' + texts.clusterLabel + ', node) pullwatch_node:pulls_lost:increase30m{' + texts.clusterLabel + '=~"$cluster", node=~"$node"} > 0',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'C',
        },
      ],
      title: 'Where do kubelets count more pulls than Events tell?',
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
              node: 0,
            },
            renameByName: {
              'Value #A': 'Counted',
              'Value #B': 'Untold',
              'Value #C': 'Told',
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
        y: 73,
      },
      id: 23,
      panels: [],
      title: 'How do registries differ? (cluster, registry)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Of the last ' + texts.wideWindow + '; slow are pulls of over ' + texts.wideEdgeSeconds + ' s, told of registries with ' + texts.widePulls + " pulls or more. A few percent are good. One slow repository is an image, several are the registry: a mirror helps. All registries: it is the cluster's side.",
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
          noValue: 'No pulls in the last ' + texts.wideWindow,
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
              options: 'Slow pulls',
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
                id: 'thresholds',
                value: {
                  mode: 'absolute',
                  steps: [
                    {
                      color: 'text',
                    },
                    {
                      color: 'red',
                      value: values.wideShare,
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
              options: 'Slow repositories',
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
              options: 'Fail now',
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
              options: 'By limit',
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
                      color: 'red',
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
              options: 'Registry',
            },
            properties: [
              {
                id: 'links',
                value: [
                  {
                    title: 'Show this registry alone',
                    url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&${node:queryparam}&var-registry=${__value.raw:percentencode}&${__url_time_range}',
                  },
                ],
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
                id: 'custom.width',
                value: 260,
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 8,
        w: 16,
        x: 0,
        y: 74,
      },
      id: 24,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: SlowImagePullsFromRegistry',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'SlowImagePullsFromRegistry'),
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
            displayName: 'Slow pulls',
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
          expr: 'max by (' + texts.clusterLabel + ', registry) (registry:pullwatch_pulls_over_edge:ratio' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"})',
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
          expr: 'max by (' + texts.clusterLabel + ', registry) (registry:pullwatch_pulls:count' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"})',
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
          expr: 'max by (' + texts.clusterLabel + ', registry) (registry:pullwatch_repositories_over_edge:count' + texts.wideWindow + '{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"})',
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
          expr: 'max by (' + texts.clusterLabel + ', registry) (registry:pullwatch_pulls_failing:count{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"})',
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
          expr: 'count by (' + texts.clusterLabel + ', registry) (pod:pullwatch_pull_failing_seconds:max{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", reason="rate_limited"})',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'E',
        },
      ],
      title: 'Which registry is slow now?',
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
              registry: 0,
            },
            renameByName: {
              'Value #A': 'Slow pulls',
              'Value #B': 'Pulls',
              'Value #C': 'Slow repositories',
              'Value #D': 'Fail now',
              'Value #E': 'By limit',
              registry: 'Registry',
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
      description: 'Pulls of the chosen registries by duration. One low band is good. A second band far above is a second registry, or a large image: choose one registry above to see which.',
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
        w: 8,
        x: 16,
        y: 74,
      },
      id: 25,
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
          expr: 'sum by (le) (sum_over_time(registry:pullwatch_pull_duration_seconds_bucket:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval]))',
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
      description: 'Mean time of a pull. Lines that lie together are good. One far above has large images or is slow: `How fast do registries serve images?` tells which.',
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
        w: 8,
        x: 0,
        y: 82,
      },
      id: 26,
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
          expr: 'sum by (registry) (sum_over_time(registry:pullwatch_pull_duration_seconds_sum:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval])) / (sum by (registry) (sum_over_time(registry:pullwatch_pull_duration_seconds_bucket:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", le="+Inf"}[$__interval])) > 0)',
          format: 'time_series',
          instant: false,
          legendFormat: '{{registry}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'Which registry takes long?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'By registry. Flat and below the first line is good. Far above its mean: a few pulls are very slow, while most are well. Values between the edges of the histogram are estimates.',
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
        w: 8,
        x: 8,
        y: 82,
      },
      id: 27,
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
          expr: 'histogram_quantile(0.9, sum by (le, registry) (sum_over_time(registry:pullwatch_pull_duration_seconds_bucket:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval]))) > 0',
          format: 'time_series',
          instant: false,
          legendFormat: '{{registry}}',
          range: true,
          refId: 'A',
        },
      ],
      title: 'How long do 9 of 10 pulls take at most?',
      transformations: [],
      transparent: false,
      type: 'timeseries',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'Bytes of an image per second of its pull: an upper bound, as nodes may hold some layers. Above the line is good: the limits of the alerts count with it. All low at once points at nodes or network, one of them at the way to it.',
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
        y: 82,
      },
      id: 28,
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
          expr: 'sum by (registry, size_kind) (sum_over_time(registry:pullwatch_pull_image_bytes:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval])) / (sum by (registry, size_kind) (sum_over_time(registry:pullwatch_pull_sized_seconds:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"}[$__interval])) > 0)',
          format: 'time_series',
          instant: false,
          legendFormat: '{{registry}} {{size_kind}}',
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
      description: 'Bytes per second of the last ' + texts.throughputWindow + ', of ' + texts.usualWindow + ', and of all other registries. About 100 % is good. Both in red: that registry, or the way to it, and the alert fires. Of its usual alone: all are slow, look at the network. Compare only bytes of one kind.',
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
          noValue: 'No registry with enough pulls',
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
              options: 'Now',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 'Bps',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Usually',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 'Bps',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Others',
            },
            properties: [
              {
                id: 'noValue',
                value: '-',
              },
              {
                id: 'unit',
                value: 'Bps',
              },
            ],
          },
          {
            matcher: {
              id: 'byName',
              options: 'Of its usual',
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
                      value: 0,
                    },
                    {
                      color: 'green',
                      value: values.throughputShare,
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
              options: 'Of the others',
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
                      value: 0,
                    },
                    {
                      color: 'green',
                      value: values.throughputShare,
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
              options: 'Bytes are',
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
              options: 'Registry',
            },
            properties: [
              {
                id: 'links',
                value: [
                  {
                    title: 'Show this registry alone',
                    url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&${node:queryparam}&var-registry=${__value.raw:percentencode}&${__url_time_range}',
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
        y: 90,
      },
      id: 29,
      links: [
        {
          targetBlank: true,
          title: 'Runbook: ImagePullThroughputLow',
          url: std.strReplace(texts.runbookURLPattern, '%s', 'ImagePullThroughputLow'),
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
            displayName: 'Usually',
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
          expr: 'max by (' + texts.clusterLabel + ', registry, size_kind) (registry:pullwatch_pull_bytes_per_second:rate' + texts.throughputWindow + '{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"})',
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
          expr: 'max by (' + texts.clusterLabel + ', registry, size_kind) (registry:pullwatch_pull_bytes_per_second:rate' + texts.usualWindow + '{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"})',
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
          expr: 'max by (' + texts.clusterLabel + ', registry, size_kind) (registry:pullwatch_pull_bytes_per_second_elsewhere:rate' + texts.throughputWindow + '{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry"})',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'C',
        },
      ],
      title: 'What does each registry give, beside its past and the others?',
      transformations: [
        {
          id: 'merge',
          options: {},
        },
        {
          id: 'calculateField',
          options: {
            alias: 'Of its usual',
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
          id: 'calculateField',
          options: {
            alias: 'Of the others',
            binary: {
              left: 'Value #A',
              operator: '/',
              right: 'Value #C',
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
              'Of its usual': 5,
              'Of the others': 6,
              'Value #A': 2,
              'Value #B': 3,
              'Value #C': 4,
              registry: 0,
              size_kind: 1,
            },
            renameByName: {
              'Of its usual': 'Of its usual',
              'Of the others': 'Of the others',
              'Value #A': 'Now',
              'Value #B': 'Usually',
              'Value #C': 'Others',
              registry: 'Registry',
              size_kind: 'Bytes are',
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
      description: 'Failed attempts by cause, each retry counted. Empty is good. not_found is a typo or a deleted tag, auth a missing or expired secret, unreachable and timeout the way to the registry.',
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
        x: 0,
        y: 96,
      },
      id: 30,
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
      description: 'Containers by where their image came from. Mostly present is good. revalidated asks the registry each time, as policy Always does. Much pulled again says that nodes are new, or clean up too early.',
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
        overrides: [],
      },
      gridPos: {
        h: 8,
        w: 12,
        x: 12,
        y: 96,
      },
      id: 31,
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
          expr: 'round(sum(sum by (registry) (sum_over_time(registry:pullwatch_pull_duration_seconds_bucket:increase5m{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", le="+Inf"}[$__interval]))))',
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
      collapsed: false,
      gridPos: {
        h: 1,
        w: 24,
        x: 0,
        y: 104,
      },
      id: 32,
      panels: [],
      title: 'What is pulled there now? (cluster, registry and node)',
      type: 'row',
    },
    {
      datasource: {
        type: 'prometheus',
        uid: '${datasource}',
      },
      description: 'On the chosen nodes, from the chosen registries; the 100 that were asked for first. Few rows are good. A pull works once nothing is ahead of it on its node; after ' + texts.stuckSeconds + ' s of work it is stuck: follow the runbook.',
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
                    title: 'Show this node alone',
                    url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&${registry:queryparam}&var-node=${__value.raw:percentencode}&${__url_time_range}',
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
                value: 340,
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
                value: 240,
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 8,
        w: 24,
        x: 0,
        y: 105,
      },
      id: 33,
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
          expr: 'topk(100, time() - min by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_pull_running_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node"}))',
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
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_pull_running_ahead{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node"}) and on (' + texts.clusterLabel + ', namespace, pod, container, node, image) topk(100, time() - min by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_pull_running_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node"}))',
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
          expr: 'max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pod:pullwatch_pull_running_seconds:max{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node"}) and on (' + texts.clusterLabel + ', namespace, pod, container, node, image) topk(100, time() - min by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image) (pullwatch_pull_running_start_timestamp_seconds{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'C',
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
              image: 0,
              namespace: 2,
              node: 1,
              pod: 4,
              workload: 3,
            },
            renameByName: {
              'Value #A': 'Asked ago',
              'Value #B': 'Ahead of it',
              'Value #C': 'Works for',
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
      description: "Containers that fail to get their image, with the newest reason. None is good. One node: its disk, DNS or credentials. One registry: its limits or its health. One image: correct its tag, or the pod's imagePullSecrets.",
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
                    title: 'Show this node alone',
                    url: '/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}&${registry:queryparam}&var-node=${__value.raw:percentencode}&${__url_time_range}',
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
                value: 340,
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
                value: 240,
              },
            ],
          },
        ],
      },
      gridPos: {
        h: 8,
        w: 24,
        x: 0,
        y: 113,
      },
      id: 34,
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
          expr: 'topk(100, max by (' + texts.clusterLabel + ', namespace, pod, container, workload, node, image, reason) (pod:pullwatch_pull_failing_seconds:max{' + texts.clusterLabel + '=~"$cluster", registry=~"$registry", node=~"$node"}))',
          format: 'table',
          instant: true,
          legendFormat: '',
          range: false,
          refId: 'A',
        },
      ],
      title: 'What fails there, and why?',
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
              namespace: 2,
              node: 1,
              pod: 4,
              reason: 5,
              workload: 3,
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
        query: 'label_values({__name__=~"pullwatch_pull_wait_seconds_count|pullwatch_pull_failures_total|pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds", ' + texts.clusterLabel + '=~"$cluster"}, registry)',
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
        query: 'label_values({__name__=~"pullwatch_node_info|pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds", ' + texts.clusterLabel + '=~"$cluster"}, node)',
        refresh: 2,
        regex: '',
        sort: 1,
        type: 'query',
      },
    ],
  },
  time: {
    from: 'now-24h',
    to: 'now',
  },
  timepicker: {},
  timezone: 'browser',
  title: 'pullwatch / Node and registry',
  uid: 'pullwatch-node-registry',
  version: 0,
}

// What is understood of a panel's JSON, kind by kind, with what Grafana takes where a board says nothing. All else is complained about:
// a word that Grafana does not know is a setting without effect, and one that the viewer does not know would be drawn wrongly.
import type { ThresholdsConfig } from '@grafana/data';
import type { Panel } from './board';

interface Kind {
  options: Record<string, unknown>;
  custom: Record<string, unknown>;
}

const ANY = undefined;
const HIDE_FROM = { legend: false, tooltip: false, viz: false };
const REDUCE = { calcs: ['mean'], values: false };

export const STANDARD = [
  'unit', 'decimals', 'min', 'max', 'fieldMinMax', 'displayName', 'noValue', 'color', 'thresholds', 'mappings', 'links', 'filterable', 'description',
];

export const KINDS: Record<string, Kind> = {
  timeseries: {
    options: { legend: ANY, tooltip: ANY, timezone: ANY, annotations: ANY },
    custom: {
      drawStyle: 'line', lineInterpolation: 'linear', barAlignment: 0, barWidthFactor: 0.6, lineWidth: 1, fillOpacity: 0, gradientMode: 'none',
      spanNulls: false, insertNulls: false, showPoints: 'auto', pointSize: 5, stacking: { mode: 'none', group: 'A' }, axisPlacement: 'auto',
      axisLabel: '', axisColorMode: 'text', axisBorderShow: false, axisCenteredZero: false, axisSoftMin: ANY, axisSoftMax: ANY, axisWidth: ANY,
      axisGridShow: ANY, scaleDistribution: { type: 'linear' }, lineStyle: ANY, fillBelowTo: ANY, transform: ANY, hideFrom: HIDE_FROM,
      thresholdsStyle: { mode: 'off' },
    },
  },
  stat: {
    options: {
      reduceOptions: REDUCE, orientation: 'auto', textMode: 'auto', colorMode: 'value', graphMode: 'area', justifyMode: 'auto', wideLayout: true,
      showPercentChange: false, percentChangeColorMode: 'standard', text: ANY,
    },
    custom: {},
  },
  bargauge: {
    options: {
      reduceOptions: REDUCE, orientation: 'auto', displayMode: 'gradient', valueMode: 'color', namePlacement: 'auto', showUnfilled: true, sizing: 'auto',
      minVizWidth: 8, minVizHeight: 16, maxVizHeight: 300, legend: ANY, text: ANY,
    },
    custom: { hideFrom: ANY },
  },
  table: {
    options: {
      showHeader: true, cellHeight: 'sm', sortBy: [], footer: ANY, frameIndex: 0, enablePagination: false, frozenColumns: ANY, showTypeIcons: false,
    },
    custom: {
      align: 'auto', cellOptions: { type: 'auto' }, filterable: ANY, inspect: false, width: ANY, minWidth: ANY, hidden: ANY, hideFrom: ANY,
      wrapText: ANY, footer: { reducers: [] },
    },
  },
  heatmap: {
    options: {
      calculate: false, calculation: ANY, cellGap: 1, cellRadius: 0, cellValues: {}, color: { scheme: 'Oranges', steps: 64, mode: 'scheme' },
      exemplars: ANY, filterValues: { le: 1e-9 }, legend: { show: true }, rowsFrame: { layout: 'auto' }, showValue: ANY, tooltip: ANY,
      yAxis: { axisPlacement: 'left' },
    },
    custom: { scaleDistribution: ANY, hideFrom: ANY },
  },
  'state-timeline': {
    options: {
      showValue: 'auto', mergeValues: true, alignValue: 'left', rowHeight: 0.9, legend: ANY, tooltip: ANY, perPage: 20, timezone: ANY,
    },
    custom: { lineWidth: 0, fillOpacity: 70, spanNulls: false, insertNulls: false, hideFrom: ANY, axisPlacement: ANY },
  },
};

export function complaints(panel: Panel): string[] {
  const kind = KINDS[panel.type];
  if (!kind) {
    return [`the viewer knows no panel of type ${panel.type}`];
  }
  const { defaults, overrides } = panel.fieldConfig;
  const unknown = (names: string[], known: string[], where: string) =>
    names.filter((name) => !known.includes(name)).map((name) => `${where}: the viewer does not know ${name}`);
  const custom = Object.keys(kind.custom);
  const properties = [...STANDARD, ...custom.map((name) => `custom.${name}`)];
  const thresholds = [defaults.thresholds, ...overrides.flatMap((rule) => rule.properties.filter(({ id }) => id === 'thresholds').map(({ value }) => value))];
  return [
    ...thresholds.filter((one) => one && !(Array.isArray(one.steps) && one.steps.length)).map(() => 'thresholds without steps'),
    ...unknown(Object.keys(panel.options), Object.keys(kind.options), 'options'),
    ...unknown(Object.keys(defaults), [...STANDARD, 'custom'], 'fieldConfig.defaults'),
    ...unknown(Object.keys(defaults.custom ?? {}), custom, 'fieldConfig.defaults.custom'),
    ...overrides.flatMap((rule) => unknown(rule.properties.map((property) => property.id), properties, `override of ${rule.matcher.options}`)),
  ];
}

export function completed(panel: Panel): Panel {
  const kind = KINDS[panel.type];
  if (!kind) {
    return panel;
  }
  const { defaults, overrides } = panel.fieldConfig;
  const custom = { ...kind.custom, ...defaults.custom };
  const drawn = overrides.map(({ matcher, properties }) => ({
    matcher,
    properties: properties.map(({ id, value }) => ({ id, value: id === 'thresholds' ? fromBelow(value) : value })),
  }));
  const all = { ...defaults, custom, ...(defaults.thresholds && { thresholds: fromBelow(defaults.thresholds) }) };
  return { ...panel, options: { ...kind.options, ...panel.options }, fieldConfig: { defaults: all, overrides: drawn } };
}

// JSON knows no infinity, where the first step begins.
function fromBelow(thresholds: ThresholdsConfig): ThresholdsConfig {
  const [base, ...steps] = Array.isArray(thresholds.steps) ? thresholds.steps : [];
  return { ...thresholds, steps: base ? [{ ...base, value: -Infinity }, ...steps] : [] };
}

// Answers of Prometheus as Grafana's data frames, shaped as its Prometheus data source does it: series, tables, heatmaps.
import { DataFrameType, FieldType, type DataFrame, type Field } from '@grafana/data';
import type { Target } from './board';
import type { Series } from './prometheus';

export interface Answer {
  target: Target;
  series: Series[];
  stepMs: number;
}

// `tables` is how many queries of the panel ask for a table: with several, each value's name bears its letter.
export function frames({ target, series, stepMs }: Answer, tables: number): DataFrame[] {
  switch (target.format) {
    case 'table':
      return [table(target, series, tables)];
    case 'heatmap':
      return series.length ? [heatmap(target, series, stepMs)] : [];
    case 'time_series':
      return series.map((one) => overTime(target, one, stepMs));
    default:
      throw new Error(`the viewer knows no format ${target.format}`);
  }
}

function overTime(target: Target, series: Series, stepMs: number): DataFrame {
  const points = pointsOf(series);
  const name = legend(target, series.metric);
  const time: Field = { name: 'Time', type: FieldType.time, config: { interval: stepMs }, values: points.map(([at]) => at) };
  const value: Field = {
    name: 'Value',
    type: FieldType.number,
    config: { displayNameFromDS: name },
    labels: series.metric,
    values: points.map(([, number]) => number),
  };
  return { refId: target.refId, name, fields: [time, value], length: points.length };
}

function table(target: Target, series: Series[], tables: number): DataFrame {
  const labels = [...new Set(series.flatMap((one) => Object.keys(one.metric).sort()))];
  const rows = series.flatMap((one) => pointsOf(one).map(([at, number]) => ({ at, number, metric: one.metric })));
  const fields: Field[] = [
    { name: 'Time', type: FieldType.time, config: {}, values: rows.map((row) => row.at) },
    ...labels.map((label) => ({
      name: label,
      type: FieldType.string,
      config: { filterable: true },
      values: rows.map((row) => row.metric[label] ?? ''),
    })),
    { name: tables > 1 ? `Value #${target.refId}` : 'Value', type: FieldType.number, config: {}, values: rows.map((row) => row.number) },
  ];
  return { refId: target.refId, fields, length: rows.length };
}

// One field for each bucket, lowest first, with what is in it alone: Prometheus counts all below an edge.
function heatmap(target: Target, series: Series[], stepMs: number): DataFrame {
  const edge = (one: Series) => parsed(one.metric.le ?? 'NaN');
  const buckets = [...series].sort((one, other) => edge(one) - edge(other));
  const moments = [...new Set(buckets.flatMap((one) => pointsOf(one).map(([at]) => at)))].sort((one, other) => one - other);
  const below = buckets.map((one) => new Map(pointsOf(one)));
  const fields = buckets.map((one, number) => {
    const values = moments.map((at) => {
      const alone = (below[number]?.get(at) ?? 0) - (below[number - 1]?.get(at) ?? 0);
      return alone < 1e-9 ? 0 : alone;
    });
    return { name: one.metric.le ?? '', type: FieldType.number, config: {}, labels: one.metric, values };
  });
  const time = { name: 'Time', type: FieldType.time, config: { interval: stepMs }, values: moments };
  return { refId: target.refId, meta: { type: DataFrameType.HeatmapRows }, fields: [time, ...fields], length: moments.length };
}

export function pointsOf(series: Series): [number, number][] {
  const points = series.values ?? (series.value ? [series.value] : []);
  return points.map(([at, text]) => [at * 1000, parsed(text)]);
}

export function legend(target: Pick<Target, 'legendFormat'>, metric: Record<string, string>): string {
  if (target.legendFormat) {
    return target.legendFormat.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label) => metric[label] ?? '');
  }
  const { __name__: name = '', ...labels } = metric;
  const written = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return written.length || !name ? `${name}{${written.join(', ')}}` : name;
}

function parsed(text: string): number {
  return /^[+-]?inf/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number.parseFloat(text);
}

// A histogram over time: a column for each step, a lane for each bucket, the more the brighter.
import { useMemo } from 'react';
import { FieldType, formattedValueToString, getValueFormat, type DataFrame } from '@grafana/data';
import { interpolateOranges } from 'd3-scale-chromatic';
import type uPlot from 'uplot';
import type { Drawing } from './drawing';
import { Lanes } from './lanes';
import { NoData } from './noData';

const SCALE_PX = 24;
const NAME_PX = 16;

interface Cell {
  fromMs: number;
  toMs: number;
  lane: number;
  count: number;
}

export function HeatmapPanel(drawing: Drawing) {
  const { panel, data, width, height, range, theme } = drawing;
  const { color, filterValues, yAxis, cellGap, calculate, legend } = panel.options as Record<string, any>;
  if (calculate || color.mode !== 'scheme' || color.scheme !== 'Oranges') {
    throw new Error('the viewer draws heatmaps of buckets in the scheme Oranges alone');
  }
  const frame = data[0];
  const cells = useMemo(() => (frame ? cellsOf(frame, filterValues?.le ?? -Infinity) : []), [frame, filterValues]);
  const most = Math.max(0, ...cells.map((cell) => cell.count));
  const least = Math.min(most, ...cells.map((cell) => cell.count));
  const plotHeight = height - (legend?.show ? SCALE_PX : 0);
  const edges = frame ? frame.fields.slice(1).map((field) => field.name) : [];
  const names = useMemo(() => namesOf(edges, yAxis?.unit ?? 'short', yAxis?.decimals, plotHeight), [edges.join(), yAxis, plotHeight]);
  const fill = (share: number) => interpolateOranges(theme.isDark ? 1 - share : share);
  const draw = useMemo(
    () => (plot: uPlot) => {
      plot.ctx.save();
      for (const { fromMs, toMs, lane, count } of cells) {
        const gap = cellGap * devicePixelRatio;
        const left = Math.round(Math.max(plot.valToPos(fromMs, 'x', true), plot.bbox.left));
        const right = Math.round(Math.min(plot.valToPos(toMs, 'x', true), plot.bbox.left + plot.bbox.width));
        const [top, bottom] = [Math.round(plot.valToPos(lane + 1, 'y', true)), Math.round(plot.valToPos(lane, 'y', true))];
        plot.ctx.fillStyle = fill(most > least ? (count - least) / (most - least) : 1);
        plot.ctx.fillRect(left, top, Math.max(1, right - left - gap), Math.max(1, bottom - top - gap));
      }
      plot.ctx.restore();
    },
    [cells, most, least, cellGap, theme]
  );
  if (!cells.length) {
    return <NoData {...drawing} />;
  }
  const stops = [0, 0.25, 0.5, 0.75, 1].map(fill).join(', ');
  const number = (value: number) => formattedValueToString(getValueFormat('short')(value));
  return (
    <div>
      <Lanes {...{ width, range, theme, names, draw }} height={plotHeight} lanes={edges.length} grid />
      {legend?.show && (
        <div style={{ height: SCALE_PX, display: 'flex', alignItems: 'center', gap: 8, ...theme.typography.bodySmall, color: theme.colors.text.secondary }}>
          <span>{number(least)}</span>
          <span style={{ width: 200, height: 8, background: `linear-gradient(90deg, ${stops})` }} />
          <span>{number(most)}</span>
        </div>
      )}
    </div>
  );
}

// A moment ends the step that it counts.
function cellsOf(frame: DataFrame, hidden: number): Cell[] {
  const [time, ...buckets] = frame.fields;
  const stepMs = time?.config.interval ?? 0;
  return buckets
    .filter((field) => field.type === FieldType.number)
    .flatMap((field, lane) =>
      field.values.map((count: number, row: number) => ({ fromMs: time?.values[row] - stepMs, toMs: time?.values[row], lane, count }))
    )
    .filter((cell: Cell) => cell.count > hidden);
}

// Each bucket's upper edge, as many as there is room for.
function namesOf(edges: string[], unit: string, decimals: number | undefined, height: number) {
  const every = Math.max(1, Math.ceil((edges.length * NAME_PX) / height));
  const format = getValueFormat(unit);
  return edges
    .map((edge, lane) => ({ at: lane + 1, text: Number.isFinite(Number(edge)) ? formattedValueToString(format(Number(edge), decimals)) : edge }))
    .filter((_, lane) => (edges.length - 1 - lane) % every === 0);
}

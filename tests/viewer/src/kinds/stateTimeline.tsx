// Which state each series was in: a lane for each, neighbours in one state are one piece.
import { useMemo } from 'react';
import { colorManipulator, getFieldDisplayName, FieldType, type DataFrame, type DisplayValue, type GrafanaTheme2 } from '@grafana/data';
import { VizLegend } from '@grafana/ui';
import { LegendDisplayMode } from '@grafana/schema';
import type uPlot from 'uplot';
import type { Drawing } from './drawing';
import { Lanes } from './lanes';
import { NoData } from './noData';

const LEGEND_PX = 28;
const LONGEST_NAME = 40;

interface Piece {
  fromMs: number;
  toMs: number;
  lane: number;
  state: DisplayValue;
}

export function StateTimelinePanel(drawing: Drawing) {
  const { panel, data, width, height, range, theme } = drawing;
  const { rowHeight, legend, perPage, showValue } = panel.options as Record<string, any>;
  const { fillOpacity } = panel.fieldConfig.defaults.custom;
  const shown = useMemo(() => data.filter((frame) => frame.length > 0).slice(0, perPage), [data, perPage]);
  const pieces = useMemo(() => shown.flatMap((frame, number) => piecesOf(frame, shown.length - 1 - number)), [shown]);
  const names = useMemo(() => shown.map((frame, number) => ({ at: shown.length - 0.5 - number, text: nameOf(frame, data) })), [shown, data]);
  const draw = useMemo(
    () => (plot: uPlot) => {
      plot.ctx.save();
      for (const { fromMs, toMs, lane, state } of pieces) {
        const left = Math.round(Math.max(plot.valToPos(fromMs, 'x', true), plot.bbox.left));
        const right = Math.round(Math.min(plot.valToPos(toMs, 'x', true), plot.bbox.left + plot.bbox.width));
        const height = plot.valToPos(lane, 'y', true) - plot.valToPos(lane + 1, 'y', true);
        const middle = plot.valToPos(lane + 0.5, 'y', true);
        plot.ctx.fillStyle = colorManipulator.alpha(state.color ?? theme.colors.text.primary, fillOpacity / 100);
        plot.ctx.fillRect(left, Math.round(middle - (height * rowHeight) / 2), Math.max(1, right - left), Math.round(height * rowHeight));
        if (showValue !== 'never') {
          write(plot, state.text, left, right, middle, theme);
        }
      }
      plot.ctx.restore();
    },
    [pieces, rowHeight, fillOpacity, showValue, theme]
  );
  if (!pieces.length) {
    return <NoData {...drawing} />;
  }
  const states = new Map(pieces.map(({ state }) => [state.text, state]));
  const items = [...states.values()].map(({ text, color }) => ({ label: text, color, yAxis: 1 }));
  const plotHeight = height - (legend?.showLegend ? LEGEND_PX : 0);
  return (
    <div>
      <Lanes {...{ width, range, theme, names, draw }} height={plotHeight} lanes={shown.length} grid={false} />
      {legend?.showLegend && <VizLegend items={items} displayMode={LegendDisplayMode.List} placement="bottom" />}
    </div>
  );
}

function nameOf(frame: DataFrame, data: DataFrame[]): string {
  const value = frame.fields[1];
  const name = value ? getFieldDisplayName(value, frame, data) : '';
  return name.length > LONGEST_NAME ? `…${name.slice(1 - LONGEST_NAME)}` : name;
}

// A piece lasts until the next value, and the last one a step; where a value is missing, it ends after a step.
function piecesOf(frame: DataFrame, lane: number): Piece[] {
  const time = frame.fields[0];
  const value = frame.fields.find((field) => field.type === FieldType.number);
  const stepMs = time?.config.interval ?? 0;
  const pieces: Piece[] = [];
  value?.values.forEach((number: number, row: number) => {
    const at: number = time?.values[row];
    const state = value.display?.(number);
    const last = pieces.at(-1);
    if (!state) {
      return;
    }
    if (last && last.toMs >= at && last.state.text === state.text) {
      last.toMs = at + stepMs;
    } else {
      pieces.push({ fromMs: at, toMs: at + stepMs, lane, state });
    }
  });
  return pieces;
}

function write(plot: uPlot, text: string, left: number, right: number, middle: number, theme: GrafanaTheme2): void {
  plot.ctx.fillStyle = theme.colors.text.primary;
  plot.ctx.textBaseline = 'middle';
  if (plot.ctx.measureText(text).width < right - left - 8) {
    plot.ctx.fillText(text, left + 4, middle);
  }
}

// Alerts and other annotations: what is drawn over a graph for a while, as Grafana does it with what Prometheus answers.
import { useLayoutEffect } from 'react';
import { colorManipulator, type GrafanaTheme2, type TimeRange } from '@grafana/data';
import type { UPlotConfigBuilder } from '@grafana/ui';
import type uPlot from 'uplot';
import type { Annotation } from './board';
import { legend, pointsOf } from './frames';
import type { Interpolation } from './interpolation';
import { step } from './moments';
import { overTime } from './prometheus';

export interface Marks {
  color: string;
  spans: { fromMs: number; toMs: number; title: string }[];
}

const STEP_MS = 60_000;
const WIDTH_PX = 1000;

export async function marks(annotation: Annotation, range: TimeRange, interpolation: Interpolation): Promise<Marks> {
  const { words } = step(range, WIDTH_PX, null);
  const stepMs = Math.max(STEP_MS, Number(words.__interval_ms));
  const aligned = (ms: number) => Math.floor(ms / stepMs) * stepMs;
  const query = interpolation.query(annotation.expr ?? '', words);
  const series = await overTime(query, aligned(range.from.valueOf()), aligned(range.to.valueOf()), stepMs);
  const spans = series.flatMap((one) => {
    const title = legend({ legendFormat: annotation.titleFormat }, one.metric);
    const found: Marks['spans'] = [];
    for (const [at, value] of pointsOf(one)) {
      const last = found.at(-1);
      if (!value) {
        continue;
      }
      if (last && at - last.toMs <= stepMs) {
        last.toMs = at;
      } else {
        found.push({ fromMs: at, toMs: at, title });
      }
    }
    return found;
  });
  return { color: annotation.iconColor, spans };
}

export function MarksPlugin({ builder, marks, theme }: { builder: UPlotConfigBuilder; marks: Marks[]; theme: GrafanaTheme2 }) {
  // Runs before the plot is made, which takes the hooks there are then.
  useLayoutEffect(() => {
    builder.addHook('draw', (plot: uPlot) => marks.forEach((each) => draw(plot, each, theme.visualization.getColorByName(each.color))));
  }, [builder, marks, theme]);
  return null;
}

function draw(plot: uPlot, { spans }: Marks, color: string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const x = (ms: number) => Math.round(Math.max(bbox.left, Math.min(bbox.left + bbox.width, plot.valToPos(ms, 'x', true))));
  ctx.save();
  for (const { fromMs, toMs } of spans) {
    const [left, right] = [x(fromMs), x(toMs)];
    ctx.fillStyle = colorManipulator.alpha(color, 0.1);
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.strokeStyle = color;
    ctx.lineWidth = ratio;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    for (const edge of new Set([left, right])) {
      ctx.beginPath();
      ctx.moveTo(edge, bbox.top);
      ctx.lineTo(edge, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.fillStyle = color;
    ctx.fillRect(left - 2 * ratio, bbox.top + bbox.height, Math.max(4 * ratio, right - left), 4 * ratio);
  }
  ctx.restore();
}

// From a panel's queries to the frames that it draws.
import type { DataFrame, GrafanaTheme2, TimeRange } from '@grafana/data';
import type { Panel } from './board';
import { configured, transformed } from './fields';
import { frames, type Answer } from './frames';
import type { Interpolation } from './interpolation';
import { step } from './moments';
import { instant, overTime } from './prometheus';

export interface PanelData {
  frames: DataFrame[];
  // How many series Prometheus answered with, by query.
  found: Record<string, number>;
}

export async function ask(
  panel: Panel, range: TimeRange, widthPx: number, interpolation: Interpolation, theme: GrafanaTheme2
): Promise<PanelData> {
  const { stepMs, startMs, endMs, words } = step(range, widthPx, panel.interval);
  const targets = (panel.targets ?? []).filter((target) => !target.hide);
  const tables = targets.filter((target) => target.format === 'table').length;
  const answers = await Promise.all(
    targets.map(async (target): Promise<Answer> => {
      const query = interpolation.query(target.expr, words);
      const series = target.instant ? await instant(query, range.to.valueOf()) : await overTime(query, startMs, endMs, stepMs);
      return { target, series, stepMs };
    })
  );
  const shaped = answers.flatMap((answer) => frames(answer, tables));
  const data = configured(panel, await transformed(panel, shaped, interpolation.replace), theme, interpolation.replace);
  return { frames: data, found: Object.fromEntries(answers.map(({ target, series }) => [target.refId, series.length])) };
}

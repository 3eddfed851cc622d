// Draws a board step by step, as Grafana does it: variables first, then annotations, then each panel for itself.
import { FieldType, type DataFrame, type GrafanaTheme2, type TimeRange } from '@grafana/data';
import { marks, type Marks } from './annotations';
import type { Board, Panel } from './board';
import { Choices } from './choices';
import { Interpolation } from './interpolation';
import { complaints, completed } from './known';
import { placed } from './page';
import { ask } from './panelData';
import type { PanelReport, Report } from './report';

export interface Ready {
  panel: Panel;
  data: DataFrame[];
  report: PanelReport;
  replace: Interpolation['replace'];
}

export interface Result {
  choices: Choices;
  marks: Marks[];
  panels: Ready[];
  report: Report;
}

// `wanted` is what is chosen by the page's own address: values by variable.
export async function drawn(
  board: Board, range: TimeRange, wanted: (name: string) => string[], pageWidth: number, theme: GrafanaTheme2
): Promise<Result> {
  const report: Report = { uid: board.uid, errors: [], panels: [], variables: {}, annotations: {}, heightPx: 0 };
  const choices = new Choices(range);
  for (const variable of board.templating.list) {
    await choices.add(variable, wanted(variable.name)).catch((error) => report.errors.push(error.message));
    report.variables[variable.name] = choices.get(variable.name)?.options ?? [];
  }
  const ofBoard = new Interpolation(choices, range, (text) => report.errors.push(text));
  const found: Marks[] = [];
  for (const annotation of board.annotations.list.filter((one) => one.enable && one.expr)) {
    const made = await marks(annotation, range, ofBoard).catch((error) => void report.errors.push(error.message));
    report.annotations[annotation.name] = made?.spans.length ?? 0;
    found.push(...(made ? [made] : []));
  }
  const drawable = board.panels.filter((panel) => panel.type !== 'row');
  const panels = await Promise.all(drawable.map((panel) => prepared(panel, range, choices, placed(panel, pageWidth).width, theme)));
  report.panels = panels.map((each) => each.report);
  return { choices, marks: found, panels, report };
}

async function prepared(declared: Panel, range: TimeRange, choices: Choices, width: number, theme: GrafanaTheme2): Promise<Ready> {
  const errors = complaints(declared);
  const interpolation = new Interpolation(choices, range, (text) => errors.includes(text) || errors.push(text));
  const panel = completed(declared);
  const report: PanelReport = { id: panel.id, title: panel.title, type: panel.type, state: 'empty', errors, found: {}, links: [] };
  let data: DataFrame[] = [];
  try {
    const answer = await ask(panel, range, width, interpolation, theme);
    data = answer.frames;
    report.found = answer.found;
    report.state = data.some(hasValues) ? 'drawn' : 'empty';
    report.links = [...new Set(data.flatMap(firstLinks))];
  } catch (error) {
    errors.push((error as Error).message);
    report.state = 'failed';
  }
  return { panel, data, report, replace: interpolation.replace };
}

function hasValues(frame: DataFrame): boolean {
  const numbers = frame.fields.filter((field) => field.type === FieldType.number);
  return numbers.some((field) => field.values.some((value) => value !== null && value !== undefined && !Number.isNaN(value)));
}

function firstLinks(frame: DataFrame): string[] {
  return frame.length ? frame.fields.flatMap((field) => field.getLinks?.({ valueRowIndex: 0 }).map((link) => link.href) ?? []) : [];
}

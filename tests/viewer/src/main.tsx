// Draws the board that the page's address names: ?board=URL&now=MS&width=PX, and as in Grafana from, to, theme and var-NAME.
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { createTheme, EventBusSrv, DashboardCursorSync, ThemeContext, type GrafanaTheme2, type TimeRange } from '@grafana/data';
import { GlobalStyles, PanelContextProvider } from '@grafana/ui';
import type { Board, Panel } from './board';
import { drawn, type Result } from './drawn';
import { timeRange } from './moments';
import { Page } from './page';
import { PanelFrame } from './panel';
import './page.css';

const FONTS = ['400 12px Inter', '500 12px Inter', '400 12px "Roboto Mono"'];

async function main(): Promise<void> {
  const search = new URLSearchParams(location.search);
  const width = Number(search.get('width') ?? innerWidth);
  const theme = createTheme({ colors: { mode: search.get('theme') === 'light' ? 'light' : 'dark' } });
  const board: Board = await (await fetch(search.get('board') ?? '')).json();
  const now = Number(search.get('now') ?? Date.now());
  const range = timeRange(search.get('from') ?? board.time.from, search.get('to') ?? board.time.to, now);
  // A canvas takes the fonts that are there when it is drawn.
  await rendered('styles', theme, () => <GlobalStyles />);
  await Promise.all(FONTS.map((font) => document.fonts.load(font)));
  const result = await drawn(board, range, (name) => search.getAll(`var-${name}`), width, theme);
  await rendered('page', theme, () => page(board, result, range, theme, width));
  await settled();
  const { report } = result;
  report.heightPx = Math.ceil((document.querySelector('main') ?? document.body).getBoundingClientRect().height);
  window.report = report;
}

function page(board: Board, result: Result, range: TimeRange, theme: GrafanaTheme2, width: number): ReactNode {
  const panelOf = (panel: Panel, width: number, height: number) => {
    const ready = result.panels.find((each) => each.panel.id === panel.id);
    if (!ready) {
      return null;
    }
    const { data, report, replace } = ready;
    const onThrown = (error: Error) => {
      report.errors.push(String(error.stack ?? error));
      report.state = 'failed';
    };
    const drawing = { panel: ready.panel, data, range, theme, replace, marks: result.marks };
    return <PanelFrame {...{ drawing, width, height, onThrown }} errors={report.errors} />;
  };
  return <Page {...{ board, range, theme, width }} choices={result.choices} children={panelOf} />;
}

function rendered(id: string, theme: GrafanaTheme2, content: () => ReactNode): Promise<void> {
  const context = { eventsScope: 'global', eventBus: new EventBusSrv(), sync: () => DashboardCursorSync.Crosshair };
  const root = document.getElementById(id);
  if (!root) {
    throw new Error(`the page has no ${id}`);
  }
  createRoot(root).render(
    <ThemeContext.Provider value={theme}>
      <PanelContextProvider value={context}>{content()}</PanelContextProvider>
    </ThemeContext.Provider>
  );
  return settled();
}

// Pictures of icons are fetched, and components that measure themselves draw once more.
async function settled(): Promise<void> {
  let [before, quiet] = ['', 0];
  while (quiet < 5) {
    await new Promise((next) => requestAnimationFrame(() => setTimeout(next, 20)));
    const now = `${document.documentElement.innerHTML.length} ${performance.getEntriesByType('resource').length}`;
    [quiet, before] = [now === before ? quiet + 1 : 0, now];
  }
}

main().catch((error) => {
  window.report = { uid: '', errors: [String(error.stack ?? error)], panels: [], variables: {}, annotations: {}, heightPx: 0 };
});

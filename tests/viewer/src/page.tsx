// The page around the panels: title, variables, rows, and each panel where its gridPos says.
import type { ReactNode } from 'react';
import { dateTimeFormat, type GrafanaTheme2, type TimeRange } from '@grafana/data';
import { Icon } from '@grafana/ui';
import type { Board, Panel } from './board';
import type { Choices } from './choices';

const COLUMNS = 24;
const ROW_PX = 30;
const GAP_PX = 8;
const MARGIN_PX = 16;
const HIDDEN = 2;

export function placed(panel: Panel, pageWidth: number) {
  const column = (pageWidth - 2 * MARGIN_PX - GAP_PX * (COLUMNS - 1)) / COLUMNS;
  const { x, y, w, h } = panel.gridPos;
  return {
    left: Math.round(x * (column + GAP_PX)),
    top: y * (ROW_PX + GAP_PX),
    width: Math.round(w * column + (w - 1) * GAP_PX),
    height: h * ROW_PX + (h - 1) * GAP_PX,
  };
}

interface Props {
  board: Board;
  choices: Choices;
  range: TimeRange;
  theme: GrafanaTheme2;
  width: number;
  children: (panel: Panel, width: number, height: number) => ReactNode;
}

export function Page({ board, choices, range, theme, width, children }: Props) {
  const places = board.panels.map((panel) => ({ panel, ...placed(panel, width) }));
  const bottom = Math.max(0, ...places.map(({ top, height }) => top + height));
  return (
    <main style={{ width, padding: MARGIN_PX, boxSizing: 'border-box' }}>
      <Head {...{ board, choices, range, theme }} />
      <div style={{ position: 'relative', height: bottom }}>
        {places.map(({ panel, left, top, width, height }) => (
          <div key={panel.id} data-panel={panel.id} style={{ position: 'absolute', left, top, width, height }}>
            {panel.type === 'row' ? <RowHead title={panel.title} theme={theme} /> : children(panel, width, height)}
          </div>
        ))}
      </div>
    </main>
  );
}

function Head({ board, choices, range, theme }: Omit<Props, 'children' | 'width'>) {
  const time = (moment: number) => dateTimeFormat(moment, { timeZone: 'utc', format: 'YYYY-MM-DD HH:mm' });
  const box = { background: theme.colors.background.primary, border: `1px solid ${theme.components.input.borderColor}`, borderRadius: 2, padding: '4px 8px' };
  const label = { ...box, color: theme.colors.text.primary, fontWeight: 500, borderRight: 'none' };
  const line = { display: 'flex', flexWrap: 'wrap' as const, alignItems: 'center', gap: 12, marginBottom: 12, ...theme.typography.bodySmall };
  return (
    <header>
      <div style={{ ...line, justifyContent: 'space-between' }}>
        <h1 style={{ ...theme.typography.h4, margin: 0 }}>{board.title}</h1>
        <span style={box}>
          <Icon name="clock-nine" /> {time(range.from.valueOf())} to {time(range.to.valueOf())} UTC
        </span>
      </div>
      <div style={line}>
        {choices.all
          .filter(({ variable }) => variable.hide !== HIDDEN)
          .map((choice) => (
            <span key={choice.variable.name} style={{ display: 'flex' }}>
              <span style={label}>{choice.variable.label || choice.variable.name}</span>
              <span style={box}>
                {choices.shown(choice) || 'None'} <Icon name="angle-down" />
              </span>
            </span>
          ))}
        <span style={{ flexGrow: 1 }} />
        {board.links.map((link) => (
          <span key={link.title} style={box}>
            <Icon name={link.asDropdown ? 'bars' : 'external-link-alt'} /> {link.title}
          </span>
        ))}
      </div>
    </header>
  );
}

function RowHead({ title, theme }: { title: string; theme: GrafanaTheme2 }) {
  return (
    <h2 style={{ ...theme.typography.h6, display: 'flex', alignItems: 'center', height: ROW_PX, margin: 0, gap: 8, color: theme.colors.text.primary }}>
      <Icon name="angle-down" /> {title}
    </h2>
  );
}

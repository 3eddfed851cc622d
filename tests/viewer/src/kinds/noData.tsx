// What stands in a panel that has nothing to draw.
import type { Drawing } from './drawing';

export function NoData({ panel, width, height, theme }: Drawing) {
  const style = { width, height, display: 'flex', alignItems: 'center', justifyContent: 'center', textAlign: 'center' as const };
  return <div style={{ ...style, ...theme.typography.h4, color: theme.colors.text.secondary }}>{panel.fieldConfig.defaults.noValue ?? 'No data'}</div>;
}

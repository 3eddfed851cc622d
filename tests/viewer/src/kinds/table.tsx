// Rows and columns, by Grafana's own component.
import type { TableCellHeight } from '@grafana/schema';
import { TableNG } from '@grafana/ui/unstable';
import type { Drawing } from './drawing';
import { NoData } from './noData';

export function TablePanel(drawing: Drawing) {
  const { panel, data, width, height, range } = drawing;
  const { options, fieldConfig } = panel;
  const frame = data[Math.max(0, Math.min(Number(options.frameIndex), data.length - 1))];
  if (!frame || frame.fields.length === 0 || frame.length === 0) {
    return <NoData {...drawing} />;
  }
  return (
    <TableNG
      data={frame}
      width={width}
      height={height}
      noHeader={!options.showHeader}
      showTypeIcons={false}
      resizable
      initialSortBy={options.sortBy as { displayName: string; desc?: boolean }[]}
      cellHeight={options.cellHeight as TableCellHeight}
      timeRange={range}
      fieldConfig={fieldConfig}
      structureRev={1}
      // All rows are drawn, whether in sight or not: nobody scrolls a picture.
      enableVirtualization={false}
    />
  );
}

// Lines, bars and points over time, by Grafana's own component.
import { useMemo } from 'react';
import { applyNullInsertThreshold, FieldType, nullToValue, type DataFrame, type TimeRange } from '@grafana/data';
import { TimeSeries } from '@grafana/ui';
import type { VizLegendOptions } from '@grafana/schema';
import { MarksPlugin } from '../annotations';
import type { Drawing } from './drawing';
import { NoData } from './noData';

export function TimeSeriesPanel(drawing: Drawing) {
  const { panel, data, width, height, range, marks, theme } = drawing;
  const graphed = useMemo(() => data.map((frame) => graphable(frame, range)), [data, range]);
  if (!data.some((frame) => frame.length > 0)) {
    return <NoData {...drawing} />;
  }
  const legend = (panel.options.legend ?? { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] }) as VizLegendOptions;
  return (
    <TimeSeries frames={graphed} width={width} height={height} timeRange={range} timeZone="utc" legend={legend} options={panel.options}>
      {(builder) => <MarksPlugin builder={builder} marks={marks} theme={theme} />}
    </TimeSeries>
  );
}

// A line ends where a step has no value, or none that can be drawn.
function graphable(frame: DataFrame, range: TimeRange): DataFrame {
  const ends = { refFieldPseudoMin: range.from.valueOf(), refFieldPseudoMax: range.to.valueOf() };
  const whole = nullToValue(applyNullInsertThreshold({ frame, ...ends }));
  const drawn = (value: unknown) => (Number.isFinite(value) ? value : null);
  const fields = whole.fields.map((field) => (field.type === FieldType.number ? { ...field, values: field.values.map(drawn) } : field));
  return { ...whole, fields };
}

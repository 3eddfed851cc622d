// Lanes over time with a name each, for what @grafana/ui has no component of: drawn on uPlot with Grafana's own axes.
import { useMemo } from 'react';
import { createDataFrame, FieldType, type GrafanaTheme2, type TimeRange } from '@grafana/data';
import { AxisPlacement, ScaleDirection, ScaleOrientation } from '@grafana/schema';
import { measureText, UPLOT_AXIS_FONT_SIZE, UPlotChart, UPlotConfigBuilder } from '@grafana/ui';
import type uPlot from 'uplot';

interface Props {
  width: number;
  height: number;
  range: TimeRange;
  theme: GrafanaTheme2;
  // Lane 0 lies lowest and reaches from 0 to 1.
  lanes: number;
  names: { at: number; text: string }[];
  grid: boolean;
  draw: (plot: uPlot) => void;
}

export function Lanes({ width, height, range, theme, lanes, names, grid, draw }: Props) {
  const ends = useMemo(() => [range.from.valueOf(), range.to.valueOf()], [range]);
  const builder = useMemo(() => {
    const made = new UPlotConfigBuilder('utc');
    made.addScale({
      scaleKey: 'x', isTime: true, orientation: ScaleOrientation.Horizontal, direction: ScaleDirection.Right, range: () => [ends[0] ?? 0, ends[1] ?? 0],
    });
    made.addScale({ scaleKey: 'y', orientation: ScaleOrientation.Vertical, direction: ScaleDirection.Up, range: () => [0, lanes] });
    made.addAxis({ scaleKey: 'x', isTime: true, placement: AxisPlacement.Bottom, timeZone: 'utc', theme, grid: { show: grid } });
    made.addAxis({
      scaleKey: 'y', placement: AxisPlacement.Left, theme, size: widest(names), grid: { show: grid }, splits: names.map(({ at }) => at), values: names.map(({ text }) => text),
    });
    made.addSeries({ scaleKey: 'y', theme, pathBuilder: () => null, pointsBuilder: () => undefined, show: true });
    made.setPrepData(([frame]) => (frame ? frame.fields.map((field) => field.values) : []) as uPlot.AlignedData);
    made.addHook('draw', draw);
    return made;
  }, [ends, lanes, names, grid, draw, theme]);
  const data = useMemo(() => {
    const frame = createDataFrame({ fields: [{ name: 'Time', type: FieldType.time, values: ends }, { name: 'Lane', type: FieldType.number, values: [0, 0] }] });
    return frame.fields.map((field) => field.values) as uPlot.AlignedData;
  }, [ends]);
  return <UPlotChart config={builder} data={data} width={width} height={height} />;
}

// Pixels of the longest name, and of what lies between it and the lanes.
function widest(names: Props['names']): number {
  return Math.ceil(Math.max(...names.map(({ text }) => measureText(text, UPLOT_AXIS_FONT_SIZE).width))) + 20;
}

// What each kind of panel is handed to draw.
import type { DataFrame, GrafanaTheme2, InterpolateFunction, TimeRange } from '@grafana/data';
import type { Marks } from '../annotations';
import type { Panel } from '../board';

export interface Drawing {
  panel: Panel;
  data: DataFrame[];
  width: number;
  height: number;
  range: TimeRange;
  theme: GrafanaTheme2;
  replace: InterpolateFunction;
  marks: Marks[];
}

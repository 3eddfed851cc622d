// One large number for each series, by Grafana's own component.
import { getDisplayValueAlignmentFactors, getFieldDisplayValues, type DisplayValueAlignmentFactors, type FieldDisplay, type ReduceDataOptions, type VizOrientation } from '@grafana/data';
import { BigValue, VizRepeater, type BigValueColorMode, type BigValueGraphMode, type BigValueJustifyMode, type BigValueTextMode } from '@grafana/ui';
import type { Drawing } from './drawing';

export function StatPanel({ panel, data, width, height, theme, replace }: Drawing) {
  const { options, fieldConfig } = panel;
  const reduceOptions = options.reduceOptions as ReduceDataOptions;
  const sparkline = options.graphMode !== 'none';
  const values = () => getFieldDisplayValues({ fieldConfig, reduceOptions, replaceVariables: replace, theme, data, sparkline, timeZone: 'utc' });
  return (
    <VizRepeater<FieldDisplay, DisplayValueAlignmentFactors>
      getValues={values}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width, height, alignmentFactors, count }) => (
        <BigValue
          value={value.display}
          sparkline={value.sparkline}
          count={count}
          colorMode={options.colorMode as BigValueColorMode}
          graphMode={options.graphMode as BigValueGraphMode}
          justifyMode={options.justifyMode as BigValueJustifyMode}
          textMode={options.textMode as BigValueTextMode}
          alignmentFactors={alignmentFactors}
          disableWideLayout={!options.wideLayout}
          width={width}
          height={height}
          theme={theme}
        />
      )}
      source={data}
      renderCounter={0}
      width={width}
      height={height}
      itemSpacing={3}
      autoGrid
      orientation={options.orientation as VizOrientation}
    />
  );
}

// A bar for each series, by Grafana's own component.
import { getDisplayProcessor, getDisplayValueAlignmentFactors, getFieldDisplayValues, VizOrientation, type DisplayValueAlignmentFactors, type FieldDisplay, type ReduceDataOptions } from '@grafana/data';
import type { BarGaugeDisplayMode, BarGaugeNamePlacement, BarGaugeValueMode } from '@grafana/schema';
import { BarGauge, VizRepeater } from '@grafana/ui';
import type { Drawing } from './drawing';
import { NoData } from './noData';

export function BarGaugePanel(drawing: Drawing) {
  const { panel, data, width, height, theme, replace } = drawing;
  const { options, fieldConfig } = panel;
  if (!data.some((frame) => frame.length > 0)) {
    return <NoData {...drawing} />;
  }
  const reduceOptions = options.reduceOptions as ReduceDataOptions;
  const values = () => getFieldDisplayValues({ fieldConfig, reduceOptions, replaceVariables: replace, theme, data, timeZone: 'utc' });
  const wanted = options.orientation as VizOrientation;
  const orientation = wanted === VizOrientation.Auto ? (width > height ? VizOrientation.Vertical : VizOrientation.Horizontal) : wanted;
  const automatic = options.sizing === 'auto';
  return (
    <VizRepeater<FieldDisplay, DisplayValueAlignmentFactors>
      getValues={values}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width, height, orientation, alignmentFactors, count }) => (
        <BarGauge
          value={value.display}
          width={width}
          height={height}
          orientation={orientation}
          field={value.field}
          display={value.view?.getFieldDisplayProcessor(value.colIndex ?? 0) ?? getDisplayProcessor({ field: { config: value.field }, theme })}
          theme={theme}
          itemSpacing={8}
          displayMode={options.displayMode as BarGaugeDisplayMode}
          alignmentFactors={count > 1 ? alignmentFactors : undefined}
          showUnfilled={options.showUnfilled as boolean}
          valueDisplayMode={options.valueMode as BarGaugeValueMode}
          namePlacement={options.namePlacement as BarGaugeNamePlacement}
          isOverflow={false}
        />
      )}
      source={data}
      renderCounter={0}
      width={width}
      height={height}
      minVizWidth={automatic ? 8 : (options.minVizWidth as number)}
      minVizHeight={automatic ? 16 : (options.minVizHeight as number)}
      maxVizHeight={automatic ? 300 : (options.maxVizHeight as number)}
      itemSpacing={10}
      orientation={orientation}
    />
  );
}

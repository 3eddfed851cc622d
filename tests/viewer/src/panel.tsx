// A panel's frame around what it draws; what goes wrong inside stays inside, and is told.
import { Component, type ComponentType, type ReactNode } from 'react';
import { Icon, PanelChrome } from '@grafana/ui';
import { BarGaugePanel } from './kinds/barGauge';
import type { Drawing } from './kinds/drawing';
import { HeatmapPanel } from './kinds/heatmap';
import { StatPanel } from './kinds/stat';
import { StateTimelinePanel } from './kinds/stateTimeline';
import { TablePanel } from './kinds/table';
import { TimeSeriesPanel } from './kinds/timeSeries';

const DRAWN_BY: Record<string, ComponentType<Drawing>> = {
  bargauge: BarGaugePanel,
  heatmap: HeatmapPanel,
  stat: StatPanel,
  'state-timeline': StateTimelinePanel,
  table: TablePanel,
  timeseries: TimeSeriesPanel,
};

interface Props {
  drawing: Omit<Drawing, 'width' | 'height'>;
  width: number;
  height: number;
  errors: string[];
  onThrown: (error: Error) => void;
}

export function PanelFrame({ drawing, width, height, errors, onThrown }: Props) {
  const { panel, replace } = drawing;
  const Drawn = DRAWN_BY[panel.type];
  const links = (panel.links ?? []).map(({ title, url }) => (
    <a key={url} href={replace(url)} title={title} style={{ padding: '0 8px', display: 'flex', alignItems: 'center' }}>
      <Icon name="external-link-alt" />
    </a>
  ));
  return (
    <PanelChrome width={width} height={height} title={replace(panel.title)} description={panel.description} titleItems={links} statusMessage={errors[0]}>
      {(innerWidth, innerHeight) =>
        Drawn && (
          <Guard onThrown={onThrown}>
            <Drawn {...drawing} width={innerWidth} height={innerHeight} />
          </Guard>
        )
      }
    </PanelChrome>
  );
}

class Guard extends Component<{ onThrown: (error: Error) => void; children: ReactNode }, { thrown?: Error }> {
  override state: { thrown?: Error } = {};

  static getDerivedStateFromError(thrown: Error) {
    return { thrown };
  }

  override componentDidCatch(error: Error) {
    this.props.onThrown(error);
  }

  override render() {
    const { thrown } = this.state;
    return thrown ? <div style={{ color: 'red' }}>{thrown.message}</div> : this.props.children;
  }
}

// Time: the range that a board shows, and the step and the windows that Grafana's Prometheus data source makes of it.
import { dateMath, dateTime, rangeUtil, type TimeRange } from '@grafana/data';

// What the data source's settings say where nobody changed them.
export const SCRAPE_INTERVAL_MS = 15_000;
const MOST_STEPS = 11_000;

export interface Step {
  stepMs: number;
  // From the first to the last moment that is asked for: multiples of the step.
  startMs: number;
  endMs: number;
  words: Record<string, string>;
}

export function timeRange(from: string, to: string, nowMs: number): TimeRange {
  const at = (text: string) => {
    const moment = /^\d+$/.test(text) ? dateTime(Number(text)) : dateMath.toDateTime(text, { now: dateTime(nowMs), timezone: 'utc' });
    if (!moment?.isValid()) {
      throw new Error(`no time: ${text}`);
    }
    return moment;
  };
  return { from: at(from), to: at(to), raw: { from, to } };
}

// `widthPx` is as many points as the panel can show, `least` its own least interval.
export function step(range: TimeRange, widthPx: number, least: string | null | undefined): Step {
  const lengthMs = range.to.valueOf() - range.from.valueOf();
  const lowest = least ? least : `${SCRAPE_INTERVAL_MS / 1000}s`;
  const stepMs = Math.max(rangeUtil.calculateInterval(range, widthPx, lowest).intervalMs, rangeUtil.roundInterval(lengthMs / MOST_STEPS));
  const aligned = (ms: number) => Math.floor(ms / stepMs) * stepMs;
  const rateMs = Math.max(stepMs + SCRAPE_INTERVAL_MS, 4 * SCRAPE_INTERVAL_MS);
  const rangeSeconds = Math.round(lengthMs / 1000);
  return {
    stepMs,
    startMs: aligned(range.from.valueOf()),
    endMs: aligned(range.to.valueOf()),
    words: {
      __interval: `${stepMs}ms`,
      __interval_ms: `${stepMs}`,
      __rate_interval: `${rateMs}ms`,
      __rate_interval_ms: `${rateMs}`,
      __range: `${rangeSeconds}s`,
      __range_s: `${rangeSeconds}`,
      __range_ms: `${lengthMs}`,
    },
  };
}

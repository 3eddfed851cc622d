// What whoever drives the browser is told: how each panel fared, and all that went wrong.
export type State = 'drawn' | 'empty' | 'failed';

export interface PanelReport {
  id: number;
  title: string;
  type: string;
  state: State;
  errors: string[];
  // How many series Prometheus answered with, by query.
  found: Record<string, number>;
  // Addresses that a click on its first values leads to.
  links: string[];
}

export interface Report {
  uid: string;
  errors: string[];
  panels: PanelReport[];
  // Values that can be chosen, by variable.
  variables: Record<string, string[]>;
  annotations: Record<string, number>;
  heightPx: number;
}

declare global {
  interface Window {
    report?: Report;
  }
}

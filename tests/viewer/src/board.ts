// A rendered dashboard as it stands in its JSON: the part of Grafana's classic model that is drawn here.
import type { DataTransformerConfig, FieldConfigSource } from '@grafana/data';

export interface Board {
  uid: string;
  title: string;
  time: { from: string; to: string };
  templating: { list: Variable[] };
  annotations: { list: Annotation[] };
  links: { title: string; url?: string; tags?: string[]; asDropdown?: boolean }[];
  panels: Panel[];
}

export interface Variable {
  type: string;
  name: string;
  label?: string;
  query: string | { query: string };
  regex?: string;
  multi?: boolean;
  includeAll?: boolean;
  allValue?: string | null;
  hide?: number;
  current: { value?: string | string[] };
}

export interface Annotation {
  name: string;
  enable: boolean;
  hide?: boolean;
  expr?: string;
  iconColor: string;
  titleFormat?: string;
  step?: string;
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  interval?: string | null;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: Target[];
  links?: { title: string; url: string }[];
  transformations?: DataTransformerConfig[];
  fieldConfig: FieldConfigSource;
  options: Record<string, unknown>;
  collapsed?: boolean;
  panels?: Panel[];
}

export interface Target {
  refId: string;
  expr: string;
  legendFormat?: string;
  instant?: boolean;
  range?: boolean;
  format?: string;
  hide?: boolean;
}

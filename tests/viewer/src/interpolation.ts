// Replaces variables in queries, titles and links: `$name`, `${name}`, `${name:format}`, `${__field.labels.name}`.
import { getFieldDisplayName, type DataFrame, type Field, type ScopedVars, type TimeRange } from '@grafana/data';
import type { Choices } from './choices';

interface Clicked {
  data: DataFrame[];
  frame: DataFrame;
  field: Field;
  rowIndex?: number;
  calculatedValue?: { numeric: number; text: string };
}

const REFERENCE = /\$\{([^}:]+)(?::(\w+))?\}|\$(\w+)/g;

export class Interpolation {
  constructor(
    private readonly choices: Choices,
    private readonly range: TimeRange,
    // Is told of what cannot be replaced.
    private readonly complain: (text: string) => void
  ) {}

  query(text: string, words: Record<string, string>): string {
    return text.replace(REFERENCE, (whole, braced, format, plain) => {
      const name = braced ?? plain;
      const choice = this.choices.get(name);
      if (format || (!choice && !(name in words))) {
        this.complain(`${whole} in a query is no variable: ${text}`);
      }
      return words[name] ?? (choice ? this.choices.inQuery(choice) : whole);
    });
  }

  // What @grafana/data asks for each text of a link or a title. `format` is that of references which name none.
  readonly replace = (text: string, scope?: ScopedVars, format?: unknown): string =>
    text.replace(REFERENCE, (whole, braced, own, plain) => {
      const written = this.reference(braced ?? plain, own ?? (typeof format === 'string' ? format : ''), scope);
      if (written === undefined) {
        this.complain(`${whole} is not replaced in: ${text}`);
      }
      return written ?? whole;
    });

  private reference(name: string, format: string, scope: ScopedVars | undefined): string | undefined {
    if (name === '__url_time_range') {
      return `from=${this.range.from.valueOf()}&to=${this.range.to.valueOf()}`;
    }
    const choice = this.choices.get(name);
    if (choice && format === 'queryparam') {
      return this.choices.asParameters(choice);
    }
    const clicked = scope?.__dataContext?.value as Clicked | undefined;
    const value = choice ? this.choices.shown(choice) : clicked && clickedValue(name, clicked);
    return value === undefined ? undefined : formatted(value, format);
  }
}

function clickedValue(name: string, clicked: Clicked): string | undefined {
  const [kind, part, ...rest] = name.replace(/\["?([^"\]]+)"?\]/g, '.$1').split('.');
  const key = rest.join('.');
  const { field, frame, data, rowIndex, calculatedValue } = clicked;
  const raw = rowIndex === undefined ? calculatedValue?.numeric : field.values[rowIndex];
  if (kind === '__value') {
    return part === 'raw' ? String(raw ?? '') : part === 'text' ? String(field.display?.(raw).text ?? raw) : undefined;
  }
  if (kind === '__field') {
    const isName = part === undefined || part === 'name' || part === 'displayName';
    return part === 'labels' && key ? (field.labels?.[key] ?? '') : isName ? getFieldDisplayName(field, frame, data) : undefined;
  }
  if (kind === '__series' && part === 'name') {
    return getFieldDisplayName(field, frame, data);
  }
  if (kind === '__data' && part === 'fields') {
    const other = frame.fields.find((one) => one.name === key || getFieldDisplayName(one, frame, data) === key);
    return other && rowIndex !== undefined ? String(other.values[rowIndex] ?? '') : undefined;
  }
  return undefined;
}

function formatted(value: string, format: string): string | undefined {
  switch (format) {
    case 'percentencode':
    case 'uriencode':
      return encodeURIComponent(value).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
    case '':
    case 'raw':
    case 'text':
      return value;
    default:
      return undefined;
  }
}

// Variables: what can be chosen, what is, and how it stands in a query or in an address.
import type { TimeRange } from '@grafana/data';
import type { Variable } from './board';
import { labelValues } from './prometheus';

export const ALL = '$__all';
const DATA_SOURCE = 'Prometheus';

export interface Choice {
  variable: Variable;
  // Empty where nothing can be chosen.
  chosen: string[];
  options: string[];
}

export class Choices {
  readonly all: Choice[] = [];

  constructor(private readonly range: TimeRange) {}

  async add(variable: Variable, wanted: string[]): Promise<void> {
    const options = await this.options(variable);
    const current = wanted.length ? wanted : [variable.current.value ?? []].flat();
    const usable = variable.type === 'datasource' ? options : current.filter((value) => value !== '');
    const first = variable.includeAll ? [ALL] : options.slice(0, 1);
    this.all.push({ variable, options, chosen: usable.length ? usable : first });
  }

  get(name: string): Choice | undefined {
    return this.all.find((choice) => choice.variable.name === name);
  }

  // As Grafana's Prometheus data source writes it into a query: a value is a part of a regular expression where several can be chosen.
  inQuery(choice: Choice): string {
    const { variable, chosen } = choice;
    if (chosen.includes(ALL)) {
      return variable.allValue ? variable.allValue : alternatives(choice.options.map(literal));
    }
    if (!variable.multi && !variable.includeAll) {
      return (chosen[0] ?? '').replace(/\\/g, '\\\\').replace(/"/g, '\\"');
    }
    return alternatives(chosen.map(literal));
  }

  asParameters(choice: Choice): string {
    return choice.chosen.map((value) => `var-${choice.variable.name}=${encodeURIComponent(value)}`).join('&');
  }

  shown(choice: Choice): string {
    return choice.chosen.map((value) => (value === ALL ? 'All' : value)).join(' + ');
  }

  // Reads `label_values(SELECTOR, LABEL)` and `label_values(LABEL)`.
  private async options(variable: Variable): Promise<string[]> {
    if (variable.type === 'datasource') {
      return [DATA_SOURCE];
    }
    const text = typeof variable.query === 'string' ? variable.query : variable.query.query;
    const asked = /^label_values\((?:([^]*),)?\s*(\w+)\s*\)$/.exec(text.trim());
    if (variable.type !== 'query' || !asked?.[2] || variable.regex) {
      throw new Error(`variable ${variable.name}: the viewer cannot read ${variable.type} ${text} ${variable.regex ?? ''}`);
    }
    const selector = asked[1]?.replace(/\$(\w+)|\$\{(\w+)\}/g, (whole, plain, braced) => {
      const choice = this.get(plain ?? braced);
      if (!choice) {
        throw new Error(`variable ${variable.name} asks for ${whole}, which does not stand before it`);
      }
      return this.inQuery(choice);
    });
    return labelValues(asked[2], selector, this.range.from.valueOf(), this.range.to.valueOf());
  }
}

function alternatives(values: string[]): string {
  return values.length === 1 ? (values[0] ?? '') : `(${values.join('|')})`;
}

// A value inside a regular expression inside a string of PromQL.
function literal(value: string): string {
  return value.replace(/\\/g, '\\\\\\\\').replace(/[$^*{}[\]'+?.()|]/g, '\\\\$&').replace(/"/g, '\\"');
}

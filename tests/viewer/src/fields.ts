// How fields are drawn: Grafana's own code applies defaults, overrides and transformations; it is told here which properties there are.
import {
  applyFieldOverrides, cacheFieldDisplayNames, FieldConfigOptionsRegistry, standardTransformers, standardTransformersRegistry, transformDataFrame,
  type DataFrame, type FieldConfigPropertyItem, type GrafanaTheme2, type InterpolateFunction, type TransformerRegistryItem,
} from '@grafana/data';
import { firstValueFrom } from 'rxjs';
import type { Panel } from './board';
import { KINDS, STANDARD } from './known';

// Grafana's own program registers more of them, which have no place in its packages. Two of these share an id, one being the other's old name.
const transformers = new Map(Object.values(standardTransformers).map((transformation) => [transformation.id, transformation]));
standardTransformersRegistry.setInit(() =>
  [...transformers.values()].map((transformation) => ({
    id: transformation.id,
    name: transformation.name,
    transformation,
  })) as unknown as TransformerRegistryItem[]
);

export async function transformed(panel: Panel, data: DataFrame[], replace: InterpolateFunction): Promise<DataFrame[]> {
  const wanted = panel.transformations ?? [];
  const unknown = wanted.filter(({ id }) => !standardTransformersRegistry.getIfExists(id));
  if (unknown.length) {
    throw new Error(`the viewer knows no transformation ${unknown.map(({ id }) => id).join(', ')}`);
  }
  return wanted.length ? firstValueFrom(transformDataFrame(wanted, data, { interpolate: replace })) : data;
}

export function configured(panel: Panel, data: DataFrame[], theme: GrafanaTheme2, replaceVariables: InterpolateFunction): DataFrame[] {
  const made = applyFieldOverrides({
    data, theme, replaceVariables, fieldConfig: panel.fieldConfig, fieldConfigRegistry: registry(panel.type), timeZone: 'utc',
  });
  // Tables take their headlines from there.
  cacheFieldDisplayNames(made);
  return made;
}

function registry(kind: string): FieldConfigOptionsRegistry {
  const standard = STANDARD.map((name) => property(name, name, false));
  const custom = Object.keys(KINDS[kind]?.custom ?? {}).map((name) => property(`custom.${name}`, name, true));
  return new FieldConfigOptionsRegistry(() => [...standard, ...custom]);
}

function property(id: string, path: string, isCustom: boolean): FieldConfigPropertyItem {
  const nothing = () => null;
  return { id, path, isCustom, name: id, editor: nothing, override: nothing, process: (value) => value, shouldApply: () => true };
}

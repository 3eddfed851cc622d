// What is asked of Prometheus. The page's own server passes it on.
export interface Series {
  metric: Record<string, string>;
  value?: [number, string];
  values?: [number, string][];
}

const ROOT = '/api/v1';

export async function instant(query: string, atMs: number): Promise<Series[]> {
  const data = await asked<{ resultType: string; result: Series[] | [number, string] }>('query', { query, time: atMs / 1000 });
  return data.resultType === 'scalar' ? [{ metric: {}, value: data.result as [number, string] }] : (data.result as Series[]);
}

export async function overTime(query: string, startMs: number, endMs: number, stepMs: number): Promise<Series[]> {
  const times = { start: startMs / 1000, end: endMs / 1000, step: stepMs / 1000 };
  return (await asked<{ result: Series[] }>('query_range', { query, ...times })).result;
}

export async function labelValues(label: string, selector: string | undefined, startMs: number, endMs: number): Promise<string[]> {
  const match: Record<string, string> = selector ? { 'match[]': selector } : {};
  return asked<string[]>(`label/${label}/values`, { ...match, start: startMs / 1000, end: endMs / 1000 });
}

async function asked<Data>(path: string, parameters: Record<string, string | number>): Promise<Data> {
  const search = new URLSearchParams(Object.entries(parameters).map(([key, value]) => [key, String(value)]));
  const answer = await fetch(`${ROOT}/${path}?${search}`);
  const body = await answer.json().catch(() => ({ status: 'error', error: `status ${answer.status}` }));
  if (body.status !== 'success') {
    throw new Error(`${body.error} (query: ${parameters.query ?? parameters['match[]']})`);
  }
  return body.data;
}

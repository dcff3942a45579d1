const NEWLINE = 0x0a;

/**
 * The sum over all series of one metric in the text format of Prometheus; undefined: there is none. Keeps a line at most,
 * because the metrics of an API server are many megabytes.
 */
export async function sumOf(metric: string, chunks: AsyncIterable<Buffer>): Promise<number | undefined> {
  let sum: number | undefined;
  let rest = Buffer.alloc(0);
  const take = (line: string): void => {
    const value = valueIn(line, metric);
    if (value !== undefined) sum = (sum ?? 0) + value;
  };
  for await (const chunk of chunks) {
    const last = chunk.lastIndexOf(NEWLINE);
    if (last < 0) {
      rest = Buffer.concat([rest, chunk]);
      continue;
    }
    const whole = Buffer.concat([rest, chunk.subarray(0, last)]);
    rest = Buffer.from(chunk.subarray(last + 1));
    if (whole.includes(metric)) for (const line of whole.toString().split('\n')) take(line);
  }
  take(rest.toString());
  return sum;
}

/** `name{labels} value` or `name value`. */
function valueIn(line: string, metric: string): number | undefined {
  if (!line.startsWith(metric)) return undefined;
  const [, value] = /^(?:\{.*\})? ([0-9.eE+]+)(?: \d+)?$/.exec(line.slice(metric.length)) ?? [];
  const number = Number(value);
  return value === undefined || Number.isNaN(number) ? undefined : number;
}

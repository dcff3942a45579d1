import { readFileSync } from 'node:fs';
import { bareClient } from './client.ts';

/**
 * Writes objects as fast as Node can, stage by stage, and prints how long it took: the limit beside which the operator's
 * cold convergence is measured. Arguments: kubeconfig, a JSON file with stages of {method, path, body}.
 */
const [kubeconfig = '', file = ''] = process.argv.slice(2);
const stages = JSON.parse(readFileSync(file, 'utf8')) as readonly (readonly {
  method: 'POST' | 'PUT';
  path: string;
  body: string;
}[])[];
const client = bareClient(kubeconfig);
await client.send('GET', '/version');

const startedMs = performance.now();
let writes = 0;
for (const stage of stages) {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = stage[next++]; item !== undefined; item = stage[next++]) {
      await client.send(item.method, item.path, item.body);
      writes += 1;
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
}
process.stdout.write(`${JSON.stringify({ ms: performance.now() - startedMs, writes })}\n`);
await client.close();

import { bareClient, readLines } from './client.ts';

/**
 * The least that can repair: watches NetworkPolicies and posts again what was deleted, without a thought. The limit beside
 * which the operator's repair latency is measured. Argument: kubeconfig. Prints `ready` when it watches; ends on SIGTERM.
 */
const [kubeconfig = ''] = process.argv.slice(2);
const client = bareClient(kubeconfig, 16);
const watcher = bareClient(kubeconfig, 1);
const POLICIES = '/apis/networking.k8s.io/v1/networkpolicies';

const { metadata } = JSON.parse(await client.send('GET', `${POLICIES}?limit=1`)) as {
  metadata: { resourceVersion: string };
};
const { body } = await watcher.pool.request({
  method: 'GET',
  path: `${POLICIES}?watch=true&resourceVersion=${metadata.resourceVersion}`,
  headers: watcher.headers,
});
process.stdout.write('ready\n');
await readLines(body, (line) => {
  const { type, object } = JSON.parse(line);
  if (type !== 'DELETED') return;
  const { name, namespace, labels } = object.metadata;
  const again = JSON.stringify({ ...object, metadata: { name, namespace, labels } });
  void client.send('POST', `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`, again);
});

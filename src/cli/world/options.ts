import { InvalidArgumentError, Option } from 'commander';
import { collect } from '../options.ts';

/** Of every command that decides about namespaces. */
export const worldOptions = (looksAt = 'the namespace to look at, alone'): readonly Option[] => [
  new Option(
    '-n, --namespace <name>',
    `${looksAt}; with files: it needs no manifest, and objects that name no namespace are in it`,
  ),
  new Option(
    '--namespace-labels <labels>',
    'labels that the namespace of -n has or would have, as KEY=VALUE,KEY=VALUE',
  ).argParser(parseLabels),
  new Option(
    '--facts <path>',
    'what tells of the cluster: a file with what "kubectl get clusterroles,services,endpointslices,daemonsets -A -o yaml" writes; repeatable',
  ).argParser(collect),
  new Option(
    '--ignore <glob>',
    'what to leave out below directories: a path such as apps/*/charts, or without a slash a name; repeatable',
  ).argParser(collect),
  new Option('--operator-namespace <name>', "the operator's own namespace").default('drawbridge-system'),
];

/** Of commands that may look at a cluster. */
export const clusterOptions = (): readonly Option[] => [
  new Option('--live', 'with files: look at the cluster as it would be with what they hold'),
  new Option('--kubeconfig <file>', 'a kubeconfig; else $KUBECONFIG, ~/.kube/config, or the ServiceAccount of the pod'),
  new Option('--context <name>', 'of the kubeconfig; else its current one'),
];

const LABEL = /^[A-Za-z0-9][-A-Za-z0-9_./]*=[-A-Za-z0-9_.]*$/;

export function parseLabels(value: string): Readonly<Record<string, string>> {
  const parts = value.split(',');
  const wrong = parts.find((part) => !LABEL.test(part));
  if (wrong !== undefined) throw new InvalidArgumentError('write labels such as team=payments,baseline=restricted.');
  return Object.fromEntries(parts.map((part) => part.split('=') as [string, string]));
}

import type { KubeObject } from '../../src/k8s/object.ts';
import { apiServerService, apiServerSlice, grantableRole } from '../../test/core/clusterObjects.ts';
import { namesOf } from '../arena.ts';

const VIEW = { apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list', 'watch'] };

/** What a cluster has before a baseline comes. */
export const clusterObjects = (namespaces: number): readonly KubeObject[] => [
  apiServerService(),
  apiServerSlice(),
  grantableRole([VIEW]),
  ...namesOf('held', namespaces).map(
    (name): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { bench: 'held', 'kubernetes.io/metadata.name': name } },
    }),
  ),
];

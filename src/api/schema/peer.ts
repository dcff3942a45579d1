import Type from 'typebox';
import { celRules } from './cel.ts';
import { IpBlock } from './cidr.ts';
import { peerSelector } from './selector.ts';

export const PeerSchema = Type.Object(
  {
    podSelector: Type.Optional(
      peerSelector(
        'Pods, in the namespaces that `namespaceSelector` selects. Absent means all pods of these namespaces.',
      ),
    ),
    namespaceSelector: Type.Optional(
      peerSelector('Namespaces. Absent means the governed namespace; `{matchLabels: {}}` means all namespaces.'),
    ),
    ipBlock: Type.Optional(IpBlock),
  },
  {
    title: 'Peer',
    additionalProperties: false,
    description: 'Who may talk to, or be talked to by, the selected pods: either `ipBlock`, or one or both selectors.',
    ...celRules(
      {
        rule: 'has(self.ipBlock) || has(self.podSelector) || has(self.namespaceSelector)',
        message: 'write ipBlock, podSelector or namespaceSelector; to allow every peer, write an empty list',
      },
      {
        rule: '!has(self.ipBlock) || (!has(self.podSelector) && !has(self.namespaceSelector))',
        message: 'ipBlock stands alone: write the selectors as another peer of the list',
      },
    ),
  },
);

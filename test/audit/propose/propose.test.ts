import { expect } from 'chai';
import { event, times } from '../usage/events.ts';
import { proposed, use } from './events.ts';

describe('propose', () => {
  it('joins verbs and resources only where all pairs of them were used', () => {
    const events = [
      use('list', 'pods', ''),
      use('watch', 'pods', ''),
      use('list', 'configmaps', ''),
      use('watch', 'configmaps', ''),
    ];
    expect(proposed(events).roles).to.deep.equal([
      { namespace: 'shop', rules: [{ apiGroups: [''], resources: ['configmaps', 'pods'], verbs: ['list', 'watch'] }] },
    ]);
    expect(proposed(events.slice(0, 3)).roles).to.deep.equal([
      {
        namespace: 'shop',
        rules: [
          { apiGroups: [''], resources: ['configmaps'], verbs: ['list'] },
          { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
        ],
      },
    ]);
  });

  it('adds no verb: a list stays a list, an update an update', () => {
    expect(
      proposed([use('list', 'pods', ''), use('update', 'configmaps', '')]).roles[0]?.rules.flatMap(
        ({ verbs }) => verbs,
      ),
    ).to.deep.equal(['update', 'list']);
  });

  it('grants in a namespace what was used there, however many namespaces there are', () => {
    const namespaces = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const { roles } = proposed(namespaces.map((namespace) => use('list', 'pods', '', namespace)));
    expect(roles.map(({ namespace }) => namespace)).to.deep.equal(namespaces);
  });

  it('grants for the cluster only what was asked for across it, and then not in namespaces again', () => {
    const { roles } = proposed([
      use('list', 'pods', '', ''),
      use('list', 'pods', '', 'shop'),
      use('get', 'pods', '', 'shop'),
    ]);
    expect(roles).to.deep.equal([
      { namespace: '', rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] },
      { namespace: 'shop', rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
    ]);
  });

  it('names the objects where they were few and stayed the same', () => {
    const events = [...times(3, use('update', 'configmaps', 'a')), ...times(3, use('update', 'configmaps', 'b'))];
    expect(proposed(events).roles[0]?.rules).to.deep.equal([
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['a', 'b'], verbs: ['update'] },
    ]);
  });

  it('names the one object that it knows, also after a single use', () => {
    expect(proposed([use('get', 'configmaps', 'a')]).roles[0]?.rules).to.deep.equal([
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['get'] },
    ]);
  });

  it('names no object whose name a server or a controller made, also not in what needs approval', () => {
    for (const name of ['web-6d4cf56db6-x7k2p', 'work-8f998', 'web.18a2b3c4d5e6f708']) {
      const { roles, needsApproval } = proposed([
        ...times(9, use('get', 'configmaps', name)),
        use('get', 'secrets', name),
      ]);
      for (const { rules } of [...roles, ...needsApproval])
        expect(rules[0], name).to.not.have.property('resourceNames');
    }
  });

  for (const [what, events] of [
    [
      'the last use was of a new one',
      [...times(3, use('update', 'configmaps', 'a')), use('update', 'configmaps', 'b')],
    ],
    ['there are many', [...'abcdefg'].flatMap((name) => times(9, use('update', 'configmaps', name)))],
    ['it was used once without a name', [...times(9, use('list', 'configmaps', 'a')), use('list', 'configmaps', '')]],
  ] as const) {
    it(`names none where ${what}`, () => {
      expect(proposed(events).roles[0]?.rules[0]).to.not.have.property('resourceNames');
    });
  }

  it('grants create by name where a server-side apply made the object, and without where a POST did too', () => {
    const apply = { ...use('patch', 'configmaps', 'a'), code: 201 };
    const again = times(2, use('patch', 'configmaps', 'a'));
    expect(proposed([apply, ...again]).roles[0]?.rules).to.deep.equal([
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['create', 'patch'] },
    ]);
    expect(
      proposed([apply, ...again, { ...use('create', 'configmaps', 'z'), code: 201 }]).roles[0]?.rules,
    ).to.deep.equal([
      { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] },
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['patch'] },
    ]);
  });

  it('never grants what was denied or refused, and tells both', () => {
    const proposal = proposed([
      event({ verb: 'delete', decision: 'forbid', code: 403 }),
      event({ verb: 'patch', code: 403 }),
      use('list', 'pods', ''),
    ]);
    expect(proposal.roles[0]?.rules).to.deep.equal([{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }]);
    expect(proposal.denied.map(({ permission }) => permission.verb)).to.deep.equal(['delete']);
    expect(proposal.refused.map(({ hint }) => hint)).to.deep.equal([
      'create on pods may be missing, if there was no such object yet; or admission or a quota refused it',
    ]);
  });
});

import { expect } from 'chai';
import type { Deed, LoggedWrite } from '../../../src/audit/attribution/author.ts';
import { authorOf } from '../../../src/audit/attribution/author.ts';

const SEEN = '2026-01-01T12:00:00.000Z';
const SELF = 'system:serviceaccount:drawbridge-system:drawbridge';
const agoMs = (at: string): number => Date.parse(SEEN) - Date.parse(at);
const write = (verb: string, user: string, at = '2026-01-01T11:59:59.900000Z'): LoggedWrite => ({
  verb,
  user,
  impersonator: undefined,
  userAgent: 'kubectl',
  at,
});

describe('authorOf', () => {
  const TABLE: readonly (readonly [string, Deed, readonly LoggedWrite[], string | undefined])[] = [
    ['nothing that was logged', 'deleted', [], undefined],
    ['a delete', 'deleted', [write('delete', 'mallory')], 'mallory'],
    ['a delete of all', 'deleted', [write('deletecollection', 'mallory')], 'mallory'],
    ['our own repair after it', 'deleted', [write('create', SELF), write('delete', 'mallory')], 'mallory'],
    ['our own delete', 'deleted', [write('delete', SELF)], undefined],
    ['an edit before the delete', 'deleted', [write('delete', 'mallory'), write('patch', 'alice')], 'mallory'],
    ['an edit where something was deleted', 'deleted', [write('patch', 'alice')], undefined],
    ['the later of two edits', 'modified', [write('update', 'bob'), write('patch', 'alice')], 'bob'],
    ['somebody else’s object under our name', 'modified', [write('create', 'bob')], 'bob'],
    ['a delete where something was edited', 'modified', [write('delete', 'mallory')], undefined],
    ['a write a while ago', 'modified', [write('update', 'bob', '2026-01-01T11:50:00Z')], undefined],
    ['a clock that goes ahead', 'modified', [write('update', 'bob', '2026-01-01T12:00:20Z')], 'bob'],
    ['a write that came after', 'modified', [write('update', 'bob', '2026-01-01T12:01:00Z')], undefined],
    ['a time that is none', 'modified', [write('update', 'bob', 'yesterday')], undefined],
    ['a delete long before it was found missing', 'missing', [write('delete', 'eve', '2026-01-01T09:00:00Z')], 'eve'],
  ];
  for (const [what, deed, writes, user] of TABLE) {
    it(`says ${user ?? 'nobody'} for ${what}`, () => {
      expect(authorOf(deed, writes, SELF, agoMs)?.user).to.equal(user);
    });
  }
});

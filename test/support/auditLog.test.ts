import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ReadWritesOptions } from './controlPlane/auditLog.ts';
import { auditMark, readWrites } from './controlPlane/auditLog.ts';

const event = (auditID: string, more: Record<string, unknown> = {}) => ({
  kind: 'Event',
  auditID,
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/a/configmaps',
  verb: 'create',
  user: { username: 'system:serviceaccount:a:b' },
  objectRef: { resource: 'configmaps', namespace: 'a', name: 'c' },
  responseStatus: { code: 201 },
  stageTimestamp: '2026-01-01T00:00:01.000000Z',
  ...more,
});

describe('audit log reader', () => {
  let dir = '';
  let path = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'drawbridge-test-'));
    path = join(dir, 'audit.log');
    writeFileSync(path, '');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const append = (...events: readonly unknown[]) => {
    for (const each of events) appendFileSync(path, `${JSON.stringify(each)}\n`);
  };
  const ids = async (options?: ReadWritesOptions) => (await readWrites(path, options)).map(({ auditID }) => auditID);

  it('leaves out reads, and requests for no resource', async () => {
    append(event('1'), event('2', { verb: 'get' }), event('3', { objectRef: undefined }));
    expect(await ids()).to.deep.equal(['1']);
  });

  it('leaves out a line that is not whole, at the end or elsewhere', async () => {
    append(event('1'));
    appendFileSync(path, '{"kind":"Event","audit\n');
    append(event('2'));
    appendFileSync(path, JSON.stringify(event('3')));
    expect(await ids()).to.deep.equal(['1', '2']);
  });

  it('starts at a mark', async () => {
    append(event('1'));
    const mark = await auditMark(path);
    append(event('2'));
    expect(await ids({ mark })).to.deep.equal(['2']);
  });

  it('picks by user, time and resource', async () => {
    const secret = { objectRef: { resource: 'secrets' } };
    append(event('1'), event('2', { user: { username: 'jane' } }), event('3', secret));
    append(event('4', { stageTimestamp: '2026-01-01T00:00:02.000000Z' }));
    expect(await ids({ user: 'jane' })).to.deep.equal(['2']);
    expect(await ids({ user: /^system:serviceaccount:/ })).to.deep.equal(['1', '3', '4']);
    expect(await ids({ resources: ['secrets'] })).to.deep.equal(['3']);
    expect(await ids({ since: new Date('2026-01-01T00:00:01.500Z') })).to.deep.equal(['4']);
  });

  it('leaves out what stores nothing, unless asked for it', async () => {
    const review = { objectRef: { apiGroup: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' } };
    append(event('1', { requestURI: '/api/v1/namespaces/a/configmaps?dryRun=All' }), event('2', review));
    expect(await ids()).to.deep.equal([]);
    expect(await ids({ includeUnstored: true })).to.deep.equal(['1', '2']);
  });
});

import { expect } from 'chai';
import type { ResourcesSpec } from '../../../src/api/types.ts';
import { limitRange } from '../../../src/controls/resources/limitRange.ts';
import { quota } from '../../../src/controls/resources/quota.ts';
import { viewOf } from '../../../src/core/control/view.ts';
import { weakerThan } from '../../../src/core/govern/weaker.ts';
import { baseline, entry, FACTS, namespaceEntry } from '../../support/build.ts';
import { createIndex } from '../../support/buildIndex.ts';
import { viewWith } from '../fixtures.ts';

const hard = { pods: '1000', 'limits.memory': '1024Mi' };
const view = viewWith({});
const limitsOf = (spec: ResourcesSpec) => limitRange.build(spec, view).wanted[0]?.body;
const live = (status: object, meta: object = {}) =>
  viewOf(
    createIndex(entry('ResourceQuota', 'drawbridge-quota', { spec: { hard }, status }, meta)),
    namespaceEntry('payments'),
    FACTS,
  );

describe('resources.quota', () => {
  it('writes quantities as the API server stores them', () => {
    expect(quota.build({ quota: { hard } }, view).wanted).to.deep.equal([
      {
        kind: 'ResourceQuota',
        name: 'drawbridge-quota',
        body: { spec: { hard: { pods: '1k', 'limits.memory': '1Gi' } } },
      },
    ]);
    expect(quota.build({ limitRange: { limits: [] } }, view).wanted).to.deep.equal([]);
  });

  it('tells what was used before the quota came, and only that', () => {
    const found = (status: object) =>
      quota.inspect?.({ quota: { hard } }, live(status)).findings.map(({ reason }) => reason);
    const labels = { labels: { 'app.kubernetes.io/managed-by': 'drawbridge' } };
    expect(found({ hard, used: { pods: '1001', 'limits.memory': '1Gi' } })).to.deep.equal(['UsageAboveQuota']);
    expect(found({ hard, used: { pods: '1k', 'limits.memory': '1025Mi' } })).to.deep.equal(['UsageAboveQuota']);
    expect(found({ hard, used: { pods: '1', 'limits.memory': '2e9' } })).to.deep.equal(['UsageAboveQuota']);
    expect(found({ hard, used: { pods: '1k', 'limits.memory': '1Gi' } })).to.deep.equal([]);
    expect(found({})).to.deep.equal([]);
    const [finding] = quota.inspect?.({ quota: { hard } }, live({ hard, used: { pods: '2k' } }, labels)).findings ?? [];
    expect(finding?.message).to.contain('pods');
  });

  it('keeps nothing of usage that is within the quota', () => {
    const kept = entry('ResourceQuota', 'drawbridge-quota', { spec: { hard }, status: { hard, used: { pods: '7' } } });
    expect(kept.body).to.deep.equal({ whole: { spec: { hard } } });
  });
});

describe('resources.limit-range', () => {
  it('fills in what the API server does: default from max, request from default, then from min', () => {
    const body = limitsOf({
      limitRange: {
        limits: [
          {
            type: 'Container',
            max: { cpu: '2', memory: '1024Mi' },
            default: { cpu: '1.0' },
            min: { cpu: '10m', storage: '1' },
          },
        ],
      },
    });
    expect(body).to.deep.equal({
      spec: {
        limits: [
          {
            type: 'Container',
            default: { cpu: '1', memory: '1Gi' },
            defaultRequest: { cpu: '1', memory: '1Gi', storage: '1' },
            max: { cpu: '2', memory: '1Gi' },
            min: { cpu: '10m', storage: '1' },
          },
        ],
      },
    });
  });

  it('has no defaults for pods and claims, and no empty maps', () => {
    expect(limitsOf({ limitRange: { limits: [{ type: 'Pod', max: { cpu: '4' }, min: {} }] } })).to.deep.equal({
      spec: { limits: [{ type: 'Pod', max: { cpu: '4' } }] },
    });
  });
});

describe('a weaker resources section', () => {
  const claim = (resources: ResourcesSpec) =>
    ({ section: 'resources', spec: resources, baseline: baseline('b', { resources }) }) as never;
  const TABLE: readonly (readonly [ResourcesSpec, ResourcesSpec, string | undefined])[] = [
    [{ quota: { hard: { pods: '10' } } }, { quota: { hard: { pods: '10' } } }, undefined],
    [{ quota: { hard: { pods: '5' } } }, { quota: { hard: { pods: '10' } } }, undefined],
    [{ quota: { hard: { pods: '1k' } } }, { quota: { hard: { pods: '10' } } }, 'its quota allows more of pods'],
    [{ limitRange: { limits: [] } }, { quota: { hard: { pods: '10' } } }, 'its quota allows more of pods'],
    [{ quota: { hard: { pods: '1' } } }, { limitRange: { limits: [] } }, 'it has no limitRange'],
  ];
  for (const [mine, next, said] of TABLE) {
    it(`${JSON.stringify(mine)} beside ${JSON.stringify(next)}: ${said ?? 'is none'}`, () => {
      expect(weakerThan(claim(mine), claim(next))).to.equal(said);
    });
  }
});

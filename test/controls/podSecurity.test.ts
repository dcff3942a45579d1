import { expect } from 'chai';
import type { PodSecurityLevels, PodSecuritySpec } from '../../src/api/types.ts';
import { labels } from '../../src/controls/podSecurity/labels.ts';
import { workloads } from '../../src/controls/podSecurity/workloads.ts';
import type { View } from '../../src/core/control/view.ts';
import { waive } from '../../src/core/waive/waived.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { waivedBy, waiver } from '../support/buildWaiver.ts';
import type { ViewParts } from './fixtures.ts';
import { brief, UNKNOWN, viewWith } from './fixtures.ts';

const RESTRICTED: PodSecuritySpec = { enforce: 'restricted', audit: 'restricted', warn: 'restricted' };
const LABEL = 'pod-security.kubernetes.io/';
const GOOD = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [{ name: 'app', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
};
const BAD = { ...GOOD, containers: [{ ...GOOD.containers[0], securityContext: { privileged: true } }] };

const ownedBy = (kind: string, name: string, group = 'apps') => ({
  ownerReferences: [{ apiVersion: `${group}/v1`, kind, name, uid: 'u', controller: true }],
});
const object = (kind: string, name: string, spec: object, meta: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'payments', ...meta },
  spec,
});
const deployment = (name: string, pod: object): KubeObject => object('Deployment', name, { template: { spec: pod } });
const replicaSet = (name: string, of: string): KubeObject =>
  object('ReplicaSet', name, { template: { spec: BAD } }, ownedBy('Deployment', of));
const pod = (name: string, spec: object, meta: object = {}): KubeObject => object('Pod', name, spec, meta);

const at = (parts: ViewParts, levels?: PodSecurityLevels): View => ({
  ...viewWith(parts),
  ...(levels === undefined ? {} : { levels }),
});
const wantedLabels = (spec: PodSecuritySpec, view: View) => labels.build(spec, view).wanted[0]?.labels;
const held = (spec: PodSecuritySpec, view: View) =>
  (labels.build(spec, view).findings ?? []).filter(({ reason }) => reason === 'RaiseHeld');
const named = (spec: PodSecuritySpec, view: View) => (workloads.inspect?.(spec, view).findings ?? []).map(brief);

const labelled = (...modes: readonly (readonly [mode: string, level: string, version?: string])[]) =>
  Object.fromEntries(
    modes.flatMap(([mode, level, version = 'latest']) => [
      [`${LABEL}${mode}`, level],
      [`${LABEL}${mode}-version`, version],
    ]),
  );

describe('pod-security.labels', () => {
  it('wants the labels of all three modes of a namespace where nothing breaks, and no other field of it', () => {
    const { wanted, levels, findings } = labels.build(RESTRICTED, at({ labels: { team: 'a' } }));
    const full = { level: 'restricted', version: 'latest' };
    expect(wanted).to.deep.equal([
      {
        kind: 'Namespace',
        name: 'payments',
        body: {},
        partial: true,
        labels: labelled(['enforce', 'restricted'], ['audit', 'restricted'], ['warn', 'restricted']),
      },
    ]);
    expect([levels, findings]).to.deep.equal([{ enforce: full, audit: full, warn: full }, []]);
  });

  it('THREATS 13: holds enforce, and only enforce, while a workload would break', () => {
    const view = at({ objects: [deployment('web', BAD)] });
    expect(wantedLabels(RESTRICTED, view)).to.deep.equal(labelled(['audit', 'restricted'], ['warn', 'restricted']));
    expect(held(RESTRICTED, view).map(brief)).to.deep.equal(['fail/high RaiseHeld Namespace payments']);
    expect(labels.build(RESTRICTED, view).levels).to.not.have.property('enforce');
    expect(wantedLabels({ ...RESTRICTED, onViolation: 'Raise' }, view)).to.have.property(`${LABEL}enforce`);
    expect(wantedLabels({ ...RESTRICTED, enforce: 'privileged' }, view)).to.have.property(`${LABEL}enforce`);
  });

  it('THREATS 13: puts a level once enforced back whatever runs', () => {
    const levels = { enforce: { level: 'restricted', version: 'latest' } } as const;
    const view = at({ objects: [deployment('web', BAD)], labels: labelled(['enforce', 'privileged']) }, levels);
    expect(wantedLabels({ enforce: 'restricted' }, view)).to.deep.equal(labelled(['enforce', 'restricted']));
    expect(held({ enforce: 'restricted' }, view)).to.deep.equal([]);
  });

  it("THREATS 13: leaves a team's stricter level, and says so", () => {
    const view = at({ labels: labelled(['enforce', 'restricted', 'v1.30'], ['warn', 'baseline']) });
    const spec: PodSecuritySpec = { enforce: 'baseline', warn: 'baseline', version: 'v1.30' };
    const { wanted, findings = [] } = labels.build(spec, view);
    expect(wanted[0]?.labels).to.deep.equal(view.labels);
    expect(findings.map(({ reason, message }) => `${reason} ${message}`)).to.deep.equal([
      'StricterLevelKept enforce is restricted:v1.30, stricter than baseline:v1.30, and is left as it is',
      'StricterLevelKept warn is baseline:latest, stricter than baseline:v1.30, and is left as it is',
    ]);
  });

  it('names every such label that is there: those of ours that are not named would be taken off', () => {
    const view = at({ labels: { team: 'a', ...labelled(['audit', 'baseline']) } });
    expect(wantedLabels({ enforce: 'baseline' }, view)).to.deep.equal(
      labelled(['audit', 'baseline'], ['enforce', 'baseline']),
    );
  });

  it('THREATS 13: gives back on release what was there before, else the last label stays', () => {
    const levels: PodSecurityLevels = {
      enforce: { level: 'restricted', version: 'latest', before: { level: 'baseline', version: 'v1.25' } },
      audit: { level: 'restricted', version: 'latest' },
      warn: { level: 'restricted', version: 'latest', before: { level: 'privileged' } },
    };
    const ours = labelled(['enforce', 'restricted'], ['audit', 'restricted'], ['warn', 'baseline']);
    const released = (has: ViewParts['labels'], was?: PodSecurityLevels) =>
      labels.release?.(at({ labels: has ?? {} }, was))[0]?.labels;
    expect(released(ours, levels)).to.deep.equal(
      labelled(['enforce', 'baseline', 'v1.25'], ['audit', 'restricted'], ['warn', 'baseline']),
    );
    expect(released(labelled(['audit', 'restricted']), levels)).to.equal(undefined);
    expect(released(ours)).to.equal(undefined);
  });

  it('THREATS 17: begins nothing in a namespace that goes', () => {
    expect(labels.build(RESTRICTED, { ...at({}), terminating: true }).wanted).to.deep.equal([]);
  });
});

describe('pod-security.workloads', () => {
  const spec: PodSecuritySpec = { enforce: 'restricted' };

  it('names the workload, the container, the field, its value and the fix', () => {
    const [finding] =
      workloads.inspect?.({ enforce: 'baseline' }, at({ objects: [deployment('web', BAD)] })).findings ?? [];
    expect(finding).to.deep.include({ check: 'SB-PSA-004', result: 'fail', severity: 'medium' });
    expect(finding?.message).to.equal(
      'Deployment payments/web breaks baseline:latest: container app: securityContext.privileged is true (privileged): leave securityContext.privileged out, and add the single capability that is needed. It would be refused when it is made anew',
    );
  });

  it('names each once: pods count for what made them, as far as that is known', () => {
    const objects = [
      deployment('web', BAD),
      replicaSet('web-1', 'web'),
      replicaSet('web-2', 'web'),
      pod('web-1-a', BAD, ownedBy('ReplicaSet', 'web-1')),
      pod('web-1-b', BAD, ownedBy('ReplicaSet', 'web-1')),
      deployment('sidecar', GOOD),
      replicaSet('sidecar-1', 'sidecar'),
      pod('sidecar-1-a', BAD, ownedBy('ReplicaSet', 'sidecar-1')),
      pod('lost', BAD, ownedBy('ReplicaSet', 'gone')),
      pod('bare', BAD),
      pod('good', GOOD),
      pod('going', BAD, { deletionTimestamp: 'now' }),
      object('CronJob', 'backup', { jobTemplate: { spec: { template: { spec: BAD } } } }),
      object('Job', 'backup-1', { template: { spec: BAD } }, ownedBy('CronJob', 'backup', 'batch')),
    ];
    expect(named(spec, at({ objects }))).to.deep.equal([
      'fail/medium BreaksPodSecurity CronJob backup',
      'fail/medium PodsBreakPodSecurity Deployment sidecar',
      'fail/medium BreaksPodSecurity Deployment web',
      'fail/medium BreaksPodSecurity Pod bare',
      'fail/medium BreaksPodSecurity Pod lost',
    ]);
    expect(held(spec, at({ objects }))[0]?.message).to.contain('5 workloads would break at restricted:latest');
    const sidecar = workloads.inspect?.(spec, at({ objects })).findings[1];
    expect(sidecar?.message).to.contain('by its pods, not by its template');
  });

  it('THREATS 16: tells what only the pods of a workload have, also where its template breaks too, and by a finding of its own', () => {
    const mild = { ...GOOD, securityContext: { seccompProfile: { type: 'RuntimeDefault' } } };
    const privileged = { ...mild, containers: [{ name: 'app', securityContext: { privileged: true } }] };
    const objects = [
      deployment('web', mild),
      replicaSet('web-1', 'web'),
      pod('web-1-a', mild, ownedBy('ReplicaSet', 'web-1')),
      pod('mine', privileged, ownedBy('Deployment', 'web')),
    ];
    expect(named(spec, at({ objects }))).to.deep.equal([
      'fail/medium BreaksPodSecurity Deployment web',
      'fail/medium PodsBreakPodSecurity Deployment web',
    ]);
    const [template, pods] = workloads.inspect?.(spec, at({ objects })).findings ?? [];
    expect(template?.message).to.not.contain('privileged');
    expect(pods?.message).to.contain('securityContext.privileged is true').and.not.contain('runAsNonRoot');
    expect(held(spec, at({ objects }))[0]?.message).to.contain('1 workload would break');
    const approved = waivedBy(
      waiver('web', { controls: ['pod-security.workloads'], objects: [{ kind: 'Deployment', name: 'web' }] }),
    );
    expect([template, pods].map((one) => one && waive(one, approved).result)).to.deep.equal(['waived', 'fail']);
    const all = waivedBy(waiver('all', { controls: ['pod-security.workloads'] }));
    expect([template, pods].map((one) => one && waive(one, all).result)).to.deep.equal(['waived', 'waived']);
  });

  it('does not go round in circles of owners', () => {
    const circle = [
      object('ReplicaSet', 'a', {}, ownedBy('Deployment', 'b')),
      object('Deployment', 'b', {}, ownedBy('ReplicaSet', 'a')),
      pod('p', BAD, ownedBy('ReplicaSet', 'a')),
    ];
    expect(named(spec, at({ objects: circle }))).to.have.lengthOf(1);
  });

  it('names at most twenty, and the hold counts them all', () => {
    const objects = Array.from({ length: 30 }, (_, i) => pod(`p${i}`, BAD));
    expect(named(spec, at({ objects }))).to.have.lengthOf(20);
    expect(held(spec, at({ objects }))[0]?.message).to.contain('30 workloads');
  });

  it('only warns of what is not enforced', () => {
    const objects = [pod('bare', BAD)];
    expect(named({ warn: 'baseline', audit: 'restricted' }, at({ objects }))).to.deep.equal([
      'warn/low BreaksPodSecurity Pod bare',
    ]);
    expect(named({ warn: 'privileged' }, at({ objects }))).to.deep.equal([]);
  });

  it('judges as the API server does that is there, and by all that may be there while it has not said', () => {
    const probed = {
      containers: [{ name: 'app', livenessProbe: { tcpSocket: { host: '10.0.0.1', port: 80 } } }],
    };
    const view = (serverMinor: object) => at({ objects: [pod('p', probed)], facts: { serverMinor } as never });
    const baseline: PodSecuritySpec = { enforce: 'baseline' };
    expect(named(baseline, view({ known: true, value: 33 }))).to.deep.equal([]);
    expect(named(baseline, view({ known: true, value: 34 }))).to.have.lengthOf(1);
    expect(named(baseline, view(UNKNOWN))).to.have.lengthOf(1);
    expect(named({ ...baseline, version: 'v1.33' }, view(UNKNOWN))).to.deep.equal([]);
  });

  it('shows foreign names and values escaped and cut', () => {
    const evil = { containers: [{ name: `a${'\n'.repeat(80)}`, securityContext: { procMount: '\u001b[31m' } }] };
    const [finding] = workloads.inspect?.({ enforce: 'baseline' }, at({ objects: [pod('p', evil)] })).findings ?? [];
    expect(finding?.message).to.not.match(/\p{Cc}/u);
  });
});

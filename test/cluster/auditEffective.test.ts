import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { AUDIT_POLICY_NAME } from '../../src/api/names.ts';
import type { Premises, Running } from '../agents/receiver/running.ts';
import { createPremises, startReceiver, TOKEN } from '../agents/receiver/running.ts';
import { writeKubeconfig } from '../support/controlPlane/kubeconfig.ts';
import { eventually } from '../support/eventually.ts';
import { OPERATOR_NAMESPACE } from '../support/install.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import { START_TIMEOUT_MS } from '../support/sharedControlPlane.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';
import type { Cuttable } from './support/cuttable.ts';
import { createCuttable } from './support/cuttable.ts';
import { conditionOf, member, shown, untilQuiet, untilReady, workSince } from './support/look.ts';
import { DENY, eventsPath, policies, reportPath } from './support/paths.ts';
import { declare, denyOnly } from './support/spec.ts';
import { edit } from './supportB/findings.ts';

const CONFIG_MAPS = `/api/v1/namespaces/${OPERATOR_NAMESPACE}/configmaps`;
/** As somebody had it before Drawbridge came. */
const FOREIGN = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n';
const NAME = 'proved';

describe('AuditEffective is what probes show', function () {
  this.timeout(60_000);
  let premises: Premises;
  let receiver: Running;
  let webhook: Cuttable;
  let world: World;
  let file = '';

  before(async function () {
    this.timeout(START_TIMEOUT_MS);
    premises = createPremises();
    receiver = await startReceiver(premises);
    webhook = await createCuttable(Number(new URL(receiver.webhook).port));
    file = join(premises.dir, 'policy.yaml');
    writeFileSync(file, FOREIGN);
    const kubeconfig = join(premises.dir, 'webhook.kubeconfig');
    writeKubeconfig(kubeconfig, `https://127.0.0.1:${webhook.port}/audit`, premises.serverCa.certPem, { token: TOKEN });
    world = await startWorld({
      controlPlane: {
        apiServerFlags: [
          `--audit-policy-file=${file}`,
          `--audit-webhook-config-file=${kubeconfig}`,
          '--audit-webhook-batch-max-wait=200ms',
          '--audit-webhook-initial-backoff=200ms',
        ],
      },
      operatorArgs: ({ url }) => [
        `--audit-evidence-url=${receiver.evidenceUrl}`,
        `--audit-probe-server=${url}`,
        '--audit-probe-interval=1s',
        '--audit-probe-timeout=5s',
      ],
    });
  });
  after(async () => {
    await world?.close();
    await webhook?.close();
    await receiver?.stop();
    premises?.remove();
  });

  const policy = async (): Promise<string> => {
    const pointer = await world.admin.get(`${CONFIG_MAPS}/${AUDIT_POLICY_NAME}`);
    return (await world.admin.get(`${CONFIG_MAPS}/${pointer.data.configMap}`)).data['policy.yaml'];
  };
  const restart = async (text: string): Promise<void> => {
    await world.controlPlane.killApiServer();
    writeFileSync(file, text);
    await world.controlPlane.startApiServer();
  };
  const until = (status: string, reason: string, message: RegExp): Promise<AnyObject | undefined> =>
    eventually(
      async () => {
        const condition = conditionOf(await world.baseline(NAME), 'AuditEffective');
        expect(`${condition?.status} ${condition?.reason}: ${condition?.message}`).to.match(
          new RegExp(`^${status} ${reason}: .*${message.source}`),
        );
        return condition;
      },
      { withinMs: 30_000 },
    );

  it('is False while an API server has the policy from before', async () => {
    await declare(world, NAME, { audit: { level: 'Metadata' } });
    await until('False', 'OtherPolicyInForce', /it records a mark that no policy of ours has/);
  });

  it('is True when it was restarted with the published one, and nothing is written while that stays so', async () => {
    await restart(await policy());
    await until('True', 'Proved', /the API server records probes as the published policy says/);
    await untilQuiet(world);
    const mark = await world.mark();
    const proved = await world.operator().metric('drawbridge_audit_proved_timestamp_seconds');
    await eventually(
      async () =>
        expect(await world.operator().metric('drawbridge_audit_proved_timestamp_seconds')).to.be.above(proved + 3),
      { withinMs: 20_000 },
    );
    const writes = (await workSince(world, mark)).filter(({ resource }) => resource !== 'selfsubjectreviews');
    // A dry run is none.
    expect(shown(writes.filter(({ resource }) => resource !== 'networkpolicies'))).to.deep.equal([]);
    expect(
      await world.admin.find(
        `/apis/networking.k8s.io/v1/namespaces/${OPERATOR_NAMESPACE}/networkpolicies/drawbridge-probe`,
      ),
    ).to.equal(undefined);
  });

  it('is False when the file was changed and the API server was not restarted, and True when it is', async () => {
    await edit(world, NAME, { audit: { level: 'Request' } });
    const next = await eventually(async () => {
      const text = await policy();
      expect(text).to.contain('- {"level":"Request"}');
      return text;
    });
    writeFileSync(file, next);
    await until('False', 'OtherPolicyInForce', /it has the policy that was published before/);
    await restart(next);
    await until('True', 'Proved', /records/);
  });

  it('is False when the policy was edited by hand: a typo that turns auditing off shows by the rule', async () => {
    const text = await policy();
    const lines = text.split('\n');
    const ceiling = lines.findIndex((line) => line.includes('"secrets"'));
    // `verb` is no field: kube-apiserver drops it, and the rule is about everything.
    lines.splice(ceiling + 3, 0, '- {"level":"None","verb":["watch"]}');
    await restart(lines.join('\n'));
    await until('False', 'LevelsDiffer', /(get|create) networkpolicies: rules\[\d+\] says Request, and no event came/);
    const events = await world.admin.list(eventsPath(OPERATOR_NAMESPACE));
    expect(events.map(({ reason }) => reason)).to.include.members(['AuditNotEffective', 'AuditEffective']);
    await restart(text);
    await until('True', 'Proved', /records/);
  });

  it('is False when no event reaches the receiver, and True when they do again', async () => {
    webhook.cut();
    await until('False', 'EventsNotArriving', /no event of any probe came/);
    expect(await world.operator().metric('drawbridge_audit_effective', { status: 'False' })).to.equal(1);
    webhook.mend();
    await until('True', 'Proved', /records/);
  });

  it('with a receiver, drift has the name of who did it, deletions too, in an Event, the report and the metrics', async () => {
    const namespace = 'attributed';
    await member(world, namespace, 'held');
    await declare(world, 'held', denyOnly());
    await untilReady(world, 'held', 1);
    const mallory = world.admin.impersonating('mallory', ['system:masters']);
    await mallory.delete(policies(namespace, DENY));
    const [told] = await eventually(async () => {
      const events = await world.admin.list(eventsPath(namespace));
      const found = events.filter(({ reason }) => reason === 'DriftAttributed');
      expect(found).to.have.length(1);
      return found;
    });
    expect(told?.note).to.match(
      /drawbridge-default-deny was deleted by user mallory, impersonated by \S+; by the audit log, which has it as delete$/,
    );
    await eventually(async () => {
      const { lastDrift } = await world.admin.get(reportPath(namespace));
      expect(lastDrift).to.include({ change: 'deleted', user: 'mallory', manager: '' });
    });
    const labels = { baseline: 'held', user: 'mallory' };
    expect(await world.operator().metric('drawbridge_drift_attributed_total', labels)).to.equal(1);
  });

  it('is Unknown when the receiver does not answer', async () => {
    await receiver.stop();
    await until('Unknown', 'ReceiverUnreachable', /gives no evidence/);
  });
});

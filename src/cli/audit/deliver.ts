import type { Delivery, Loss } from '../../audit/delivery/delivery.ts';
import { describeLoss } from '../../audit/delivery/describe.ts';
import { planGardener } from '../../audit/delivery/gardener.ts';
import { planManaged } from '../../audit/delivery/managed.ts';
import { planOpenShift } from '../../audit/delivery/openShift.ts';
import type { AuditPolicy } from '../../audit/policy.ts';
import { sha256 } from '../../kube/sha256.ts';
import type { ExitCode } from '../exitCodes.ts';
import { CLEAN, FOUND, UsageError } from '../exitCodes.ts';
import type { FormatOptions } from '../format/format.ts';
import { manifestYaml } from '../format/manifestYaml.ts';
import { parseOutputs, writeOutputs } from '../format/outputs.ts';
import type { Report, Result, Rule } from '../format/report.ts';
import { countsOf, sortResults } from '../format/report.ts';
import { table } from '../format/table.ts';
import type { Terminal } from '../terminal.ts';
import type { DELIVER_TO } from './deliverFormats.ts';
import { DELIVER_FORMATS } from './deliverFormats.ts';
import type { PolicySource } from './policySource.ts';
import { policyIn } from './policySource.ts';
import { resultOf } from './results.ts';

export interface DeliverFlags {
  readonly to: (typeof DELIVER_TO)[number];
  readonly kubernetesVersion: number;
  readonly namespace?: string;
  readonly shoot?: string;
  readonly output?: readonly string[];
}

/** `drawbridge audit deliver`: what to apply on a platform for a policy, and what the platform does not do of it. */
export async function auditDeliver(
  paths: readonly string[],
  flags: DeliverFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const outputs = parseOutputs(flags.output ?? ['yaml'], DELIVER_FORMATS);
  const plan = plannerOf(flags);
  const source = await policyIn(paths, flags.kubernetesVersion, terminal);
  const delivery = plan(source.policy);
  const results = sortResults(delivery.losses.map((loss) => resultOfLoss(source, loss)));
  const lossTable = (options: FormatOptions) => table(reportOf(results), options);
  const texts: Readonly<Record<string, (options: FormatOptions) => string | Promise<string>>> = {
    yaml: () => manifestYaml(delivery.manifests.map(({ object }) => object)),
    json: () => `${JSON.stringify({ ...delivery, losses: results.map(flat) }, undefined, 2)}\n`,
    table: lossTable,
  };
  await writeOutputs(outputs, (format, options) => texts[format]?.(options) ?? '', terminal);
  const isShown = outputs.some(({ format, file }) => format === 'table' && file === undefined);
  if (!isShown && results.length > 0) terminal.log((await lossTable({ hasColours: false })).trimEnd());
  delivery.steps.forEach((step, index) => {
    terminal.log(`${index + 1}. ${step}`);
  });
  terminal.log(
    `${delivery.platform}: ${VERDICTS[delivery.verdict]}; losses: ${countsOf(results)}; nothing was applied`,
  );
  return delivery.verdict === 'meets' ? CLEAN : FOUND;
}

const VERDICTS: Readonly<Record<Delivery['verdict'], string>> = {
  meets: 'it does what the policy says',
  partly: 'it does what the policy says, but for the losses',
  cannot: 'it takes no such policy',
};

/** Before files are read: what the flags ask for must make sense. */
function plannerOf(flags: DeliverFlags): (policy: AuditPolicy) => Delivery {
  const { to, namespace, shoot, kubernetesVersion: minor } = flags;
  if (to === 'gardener') {
    const at = { namespace: nameIn('--namespace', namespace), shoot: nameIn('--shoot', shoot) };
    return (policy) => planGardener(policy, { ...at, minor, hash: sha256 });
  }
  if (namespace !== undefined || shoot !== undefined) {
    throw new UsageError(`--to ${to}: leave out --namespace and --shoot, which are for gardener`);
  }
  return to === 'openshift' ? planOpenShift : (policy) => planManaged(policy, to);
}

/** It goes into commands that people copy. */
function nameIn(flag: string, name: string | undefined): string {
  if (name === undefined) {
    throw new UsageError(
      `--to gardener needs ${flag}: the Shoot, and the namespace of its project in the garden cluster`,
    );
  }
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) {
    throw new UsageError(`${flag} ${JSON.stringify(name)}: write a name such as garden-shop`);
  }
  return name;
}

const RULES: readonly Rule[] = [
  { id: 'recorded-less', severity: 'error', summary: 'The platform records less than the policy asks for.' },
  { id: 'bodies-exposed', severity: 'error', summary: 'The platform records bodies that the policy keeps out.' },
  { id: 'recorded-unknown', severity: 'error', summary: 'Nobody outside of the platform knows what it records.' },
  { id: 'recorded-more', severity: 'warning', summary: 'The platform records more than the policy asks for.' },
];

function idOf({ direction, exposes }: Loss): string {
  if (exposes) return 'bodies-exposed';
  if (direction === 'unknown') return 'recorded-unknown';
  return direction === 'laxer' ? 'recorded-less' : 'recorded-more';
}

/** As `-o json` has it. */
type LossResult = Result & Pick<Loss, 'asked' | 'recorded' | 'without' | 'direction'>;

function resultOfLoss({ placeOf }: PolicySource, loss: Loss): LossResult {
  const { document, path, isGiven } = placeOf(loss.rule);
  const id = idOf(loss);
  const severity = RULES.find((rule) => rule.id === id)?.severity ?? 'error';
  const message = `${isGiven ? 'in every published policy: ' : ''}${describeLoss(loss)}`;
  const { asked, recorded, without, direction } = loss;
  return { ...resultOf(document, { rule: id, severity, path, message }), asked, recorded, without, direction };
}

/** As in the results of other commands. */
const flat = ({ position, ...rest }: Result): object => ({ ...rest, ...position });

const reportOf = (results: readonly Result[]): Report => ({
  command: 'audit deliver',
  rules: RULES,
  subjects: [],
  results,
  failOn: 'warning',
});

import type { Section } from '../../api/types.ts';
import { SECTIONS } from '../../api/types.ts';
import type { Baseline } from '../../core/govern/baseline.ts';
import { baselineOf, enforcementOf } from '../../core/govern/baseline.ts';
import type { Claim, SectionGovernance } from '../../core/govern/governance.ts';
import { active, priorityOf } from '../../core/govern/rank.ts';
import { isSystemNamespace } from '../../core/govern/systemNamespaces.ts';
import type { BaselineBody } from '../../core/model/bodies.ts';
import type { Entry } from '../../k8s/entry.ts';
import { matchesGlob } from '../../k8s/glob.ts';
import type { Labels } from '../../k8s/object.ts';
import { labelOf } from '../../k8s/selector.ts';
import type { Decision } from '../world/decide.ts';
import type { World } from '../world/world.ts';

/** Which baseline has a section of a namespace, and why; and why no other has it. */
export interface ExplainedSection {
  readonly section: Section;
  readonly baseline: string | undefined;
  readonly enforcement: string | undefined;
  readonly why: string;
  readonly others: readonly { readonly baseline: string; readonly why: string }[];
}

/** Of every section that some baseline declares. */
export function explainSections(world: World, { governance, namespace }: Decision): readonly ExplainedSection[] {
  const baselines = ([...world.index.ofKind('SecurityBaseline')] as readonly Entry<BaselineBody>[]).map((entry) =>
    baselineOf(entry, false),
  );
  return SECTIONS.flatMap((section) => {
    const declaring = baselines.filter(({ spec }) => spec[section] !== undefined);
    const governed = governance.sections.find((one) => one.section === section);
    if (governed === undefined || (declaring.length === 0 && governed.governor === undefined)) return [];
    const { governor } = governed;
    return [
      {
        section,
        baseline: governor?.baseline.name,
        enforcement: governor === undefined ? undefined : enforcementText(governor),
        why: governor === undefined ? noneText(world, section, namespace.name) : whyGoverns(governor, governed),
        others: declaring
          .filter(({ name }) => name !== governor?.baseline.name)
          .map((baseline) => ({
            baseline: baseline.name,
            why: whyNot(baseline, section, governor, namespace.name, namespace.labels, world.ownNamespace),
          })),
      },
    ];
  });
}

const enforcementText = ({ enforcement, suspended }: Claim): string =>
  suspended ? `${enforcement}, suspended` : enforcement;

const noneText = (world: World, section: Section, namespace: string): string =>
  section === 'network' && namespace === world.ownNamespace
    ? "no baseline has the network of the operator's own namespace"
    : 'no baseline that declares the section selects the namespace';

function whyGoverns(claim: Claim, { notices }: SectionGovernance): string {
  const labels = claim.selectedBy.map(({ key, value }) =>
    value === undefined ? `no label ${key}` : `${key}=${value}`,
  );
  const selected = labels.length === 0 ? 'it selects every namespace' : `it selects ${labels.join(', ')}`;
  const told = notices.map(({ message }) => message);
  const verb = claim.retained ? 'the namespace was held to it before' : selected;
  const rests = active(claim) ? '' : claim.suspended ? '; it is suspended, so nothing is written' : '; it only reports';
  return [`${verb}, priority ${priorityOf(claim)}${rests}`, ...told].join('; ');
}

function whyNot(
  baseline: Baseline,
  section: Section,
  governor: Claim | undefined,
  namespace: string,
  labels: Labels,
  ownNamespace: string,
): string {
  const { spec } = baseline;
  const glob = spec.excludedNamespaces?.find((one) => matchesGlob(one, namespace));
  if (glob !== undefined) return `its excludedNamespaces have ${glob}`;
  if (isSystemNamespace(namespace, ownNamespace) && spec.includedSystemNamespaces?.includes(namespace) !== true) {
    return 'it is a namespace of the platform, which includedSystemNamespaces would have to name';
  }
  const unmet = unmetOf(spec.namespaceSelector, labels);
  if (unmet !== undefined) return unmet;
  if (governor === undefined) return 'no baseline has this section here';
  const isAudit = enforcementOf(spec, section) === 'Audit';
  if (active(governor) && (isAudit || spec.suspend === true)) {
    return `it ${spec.suspend === true ? 'is suspended' : 'only reports'}, and what enforces comes first`;
  }
  const [own, theirs] = [spec.priority ?? 0, priorityOf(governor)];
  if (own !== theirs) return `its priority is ${own}, and that of ${governor.baseline.name} is ${theirs}`;
  return baseline.createdAt === governor.baseline.createdAt
    ? `its priority and age are those of ${governor.baseline.name}, whose name comes first`
    : `its priority is that of ${governor.baseline.name}, which is older`;
}

/** The first of its requirements that the labels do not meet. */
function unmetOf(selector: Baseline['spec']['namespaceSelector'], labels: Labels): string | undefined {
  const label = Object.entries(selector.matchLabels ?? {}).find(([key, value]) => labelOf(labels, key) !== value);
  if (label !== undefined) {
    const [key, value] = label;
    return `it selects ${key}=${value}, and the namespace has ${shown(labels, key)}`;
  }
  const requirement = (selector.matchExpressions ?? []).find(({ key, operator, values }) => {
    const value = labelOf(labels, key);
    if (operator === 'Exists') return value === undefined;
    if (operator === 'DoesNotExist') return value !== undefined;
    return (value !== undefined && (values ?? []).includes(value)) !== (operator === 'In');
  });
  if (requirement === undefined) return undefined;
  const { key, operator, values } = requirement;
  return `it selects ${key} ${operator}${values === undefined ? '' : ` (${values.join(', ')})`}, and the namespace has ${shown(labels, key)}`;
}

const shown = (labels: Labels, key: string): string => {
  const value = labelOf(labels, key);
  return value === undefined ? `no label ${key}` : `${key}=${value}`;
};

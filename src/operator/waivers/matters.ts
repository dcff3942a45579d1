import type { Control } from '../../core/control/control.ts';
import type { Waiver } from '../../core/waive/waiver.ts';
import { controlsOf } from '../../core/waive/waiver.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import type { Governances } from '../governances.ts';
import { reportIn } from '../reportIn.ts';

/** Whether a waiver waives anything in a namespace that it names: a baseline governs what it is about, and its objects are there. */
export function mattersBy(
  controls: readonly Control[],
  governances: Pick<Governances, 'of'>,
  index: ObjectIndex,
): (waiver: Waiver, namespace: string) => boolean {
  const sections = new Map(controls.map(({ id, section }) => [id, section]));
  const governs = (waiver: Waiver, namespace: string): boolean => {
    const waived = new Set(controlsOf(waiver.spec).map((control) => sections.get(control)));
    const governed = governances.of(namespace)?.sections ?? [];
    return governed.some(({ section, governor }) => governor !== undefined && waived.has(section));
  };
  /** Whether one of its objects is there, and was not found to hold something else than was approved. */
  const hasObject = ({ uid, spec }: Waiver, namespace: string): boolean => {
    const rows = reportIn(index, namespace)?.body.report.waivers ?? [];
    const seen = rows.find(({ waiverUid }) => waiverUid === uid)?.objects ?? [];
    const isOther = (kind: string, name: string): boolean =>
      seen.some((object) => object.kind === kind && object.name === name && object.changed === true);
    const isThere = (kind: string, name: string): boolean => index.get(kind, namespace, name) !== undefined;
    return spec.objects?.some(({ kind, name }) => isThere(kind, name) && !isOther(kind, name)) ?? true;
  };
  return (waiver, namespace) => governs(waiver, namespace) && hasObject(waiver, namespace);
}

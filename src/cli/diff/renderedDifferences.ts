import { keyOf } from '../../k8s/ref.ts';
import type { Rendered } from '../render/rendered.ts';
import { renderedNamespaces } from '../render/rendered.ts';
import type { World } from '../world/world.ts';
import { differences } from './differences.ts';
import type { ObjectDifference } from './objectDifference.ts';

/** What the operator would hold by two sets of files. */
export function renderedDifferences(
  before: World,
  after: World,
  only: string | undefined,
): readonly ObjectDifference[] {
  const [old, next] = [before, after].map((world) => heldIn(world, only));
  const keys = [...new Set([...(old?.keys() ?? []), ...(next?.keys() ?? [])])].sort();
  return keys.flatMap((key) => differenceOf(old?.get(key), next?.get(key)));
}

const heldIn = (world: World, only: string | undefined): ReadonlyMap<string, Rendered> =>
  new Map(
    renderedNamespaces(world, only)
      .flatMap(({ objects }) => objects)
      .filter(({ withheld }) => withheld === undefined)
      .map((one) => [keyOf(one.change.ref), one]),
  );

function differenceOf(before: Rendered | undefined, after: Rendered | undefined): readonly ObjectDifference[] {
  const { ref, baseline, section } = (after ?? before)?.change ?? {};
  if (ref === undefined || baseline === undefined || section === undefined) return [];
  const fields = before === undefined || after === undefined ? [] : differences(before.object, after.object);
  if (before !== undefined && after !== undefined && fields.length === 0) return [];
  const action = before === undefined ? 'add' : after === undefined ? 'remove' : 'change';
  return [{ ref, baseline, section, action, fields, withheld: undefined }];
}

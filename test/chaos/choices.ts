import { seededRandom } from '../support/faultProxy/random.ts';

/** Random choices: the same ones in the same order for the same seed. */
export interface Choices {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  /** True in this part of the cases. */
  chance(share: number): boolean;
  of<T>(options: readonly [T, ...(readonly T[])]): T;
  /** One of the keys, each as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K;
}

export function choicesOf(seed: number): Choices {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (share) => random() < share,
    of: (options) => options[below(options.length)] ?? options[0],
    weighted: <K extends string>(weights: Readonly<Record<K, number>>) => {
      const keys = Object.keys(weights) as K[];
      let left = random() * keys.reduce((sum, key) => sum + weights[key], 0);
      const chosen = keys.find((key) => {
        left -= weights[key];
        return left < 0;
      });
      return chosen ?? (keys.at(-1) as K);
    },
  };
}

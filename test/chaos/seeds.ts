/**
 * Seeds as people write them: `1 2 3`, `1,2`, `1..50`.
 * @throws when something is no seed, or there is none
 */
export function seedsOf(words: readonly string[]): readonly number[] {
  const seeds = words.flatMap((word) => word.split(/[\s,]+/)).filter((word) => word !== '');
  if (seeds.length === 0) throw new Error('name the seeds to play: 1 2 3, or 1..50');
  return seeds.flatMap((word) => {
    const [, from, to = from] = /^(\d+)(?:\.\.(\d+))?$/.exec(word) ?? [];
    if (from === undefined || to === undefined) throw new Error(`"${word}" is no seed: write 7, or 1..50`);
    return Array.from({ length: Math.max(0, Number(to) - Number(from) + 1) }, (_, i) => Number(from) + i);
  });
}

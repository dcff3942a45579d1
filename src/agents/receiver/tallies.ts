/** What became of all that was received. With a state directory it goes on over restarts. */
export interface Tallies {
  readonly counted: number;
  readonly duplicates: number;
  readonly poison: number;
}

export const NO_TALLIES: Tallies = { counted: 0, duplicates: 0, poison: 0 };

export const addTallies = (a: Tallies, b: Tallies): Tallies => ({
  counted: a.counted + b.counted,
  duplicates: a.duplicates + b.duplicates,
  poison: a.poison + b.poison,
});

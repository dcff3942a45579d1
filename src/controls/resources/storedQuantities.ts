import { canonicalQuantity } from '../../k8s/quantity.ts';

export type Quantities = Readonly<Record<string, string>>;

/** As the API server stores them. What it would refuse stays as it is, so that its answer says what is wrong. */
export const storedQuantities = (quantities: Quantities = {}): Quantities =>
  Object.fromEntries(Object.entries(quantities).map(([name, text]) => [name, canonicalQuantity(text) ?? text]));

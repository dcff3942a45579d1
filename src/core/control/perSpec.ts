/**
 * Remembers the last answer for each spec. What a control wants mostly follows from the baseline and a fact, not from the
 * namespace: ten thousand namespaces then share one object, which is compared by identity, instead of computing it anew.
 * Specs and facts are immutable values, so this is invisible.
 */
export function perSpec<S extends object, F, R>(compute: (spec: S, fact: F) => R): (spec: S, fact: F) => R {
  const last = new WeakMap<S, { readonly fact: F; readonly result: R }>();
  return (spec, fact) => {
    const known = last.get(spec);
    if (known !== undefined && known.fact === fact) return known.result;
    const result = compute(spec, fact);
    last.set(spec, { fact, result });
    return result;
  };
}

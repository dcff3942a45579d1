/** As manifests, or all that is known. */
export const PROPOSE_FORMATS = ['yaml', 'json'] as const;

export type ProposeFormat = (typeof PROPOSE_FORMATS)[number];

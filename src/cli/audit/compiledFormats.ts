/** What `audit compile -o` takes: the text that an API server reads, or the object that the operator publishes. */
export const COMPILED_FORMATS = ['policy', 'configmap'] as const;

export const EXPLAIN_FORMATS = ['text', 'json', 'yaml'] as const;

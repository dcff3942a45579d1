/** What `-o` takes; the help needs no more of the formats than this. */
export const FORMAT_NAMES = ['table', 'wide', 'json', 'yaml', 'sarif', 'junit', 'github'] as const;

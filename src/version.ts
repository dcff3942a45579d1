/** The version of this build; package.json has the same, and a test compares them. */
export const VERSION = '0.1.0';

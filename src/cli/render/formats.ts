/** What `render -o` takes: the objects, or with the last three what is left out of them. */
export const RENDER_FORMATS = ['yaml', 'json', 'table', 'wide', 'sarif', 'junit', 'github'] as const;

/**
 * What is under our prefix and has a larger body than this is not kept whole: it differs from all we want. Only the body
 * counts, because labels and annotations are everybody's: were they counted, somebody could make an object differ forever.
 */
export const MAX_OWN_BODY = 64 * 1024;

export const sizeOf = (body: unknown): number => JSON.stringify(body).length;

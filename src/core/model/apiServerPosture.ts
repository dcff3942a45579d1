/** Something that a request shows, or why it did not. */
export type Observed<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly why: string };

/**
 * What can be seen of an API server from outside, without rights to Secrets or nodes. Each request is answered by whichever
 * API server answers; another one may be set up otherwise.
 */
export interface ApiServerPosture {
  /** The status code of `GET /api` without credentials. */
  readonly anonymous: Observed<number>;
  readonly authorization: Observed<{
    /** It allows what nobody can have been granted. */
    readonly allowsAnything: boolean;
    /** It gave RBAC as the reason for what we may do. */
    readonly hasRbac: boolean;
  }>;
  /** Events recorded since its start, by its metrics. */
  readonly auditEvents: Observed<number>;
}

const unasked = { known: false, why: 'nobody has asked yet' } as const;

export const NOT_ASKED: ApiServerPosture = { anonymous: unasked, authorization: unasked, auditEvents: unasked };

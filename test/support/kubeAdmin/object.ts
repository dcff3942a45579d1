/** Any Kubernetes object as JSON, loosely typed: tests look into kinds nobody declared. */
export interface AnyObject {
  apiVersion: string;
  kind: string;
  metadata: AnyMetadata;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever field it is about
  [field: string]: any;
}

export interface AnyMetadata {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  // biome-ignore lint/suspicious/noExplicitAny: as above
  [field: string]: any;
}

/** What tests write: `metadata` needs no more than a name (or generateName). */
export interface NewObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name?: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

import type { NewObject } from '../../support/kubeAdmin.ts';

/** An object that the API server refuses, and a part of the sentence that it gives. */
export interface Refusal {
  readonly name: string;
  readonly object: NewObject;
  readonly message: string;
}

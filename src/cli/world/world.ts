import type { Facts } from '../../core/facts/facts.ts';
import type { NamespaceBody } from '../../core/model/bodies.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import type { ManifestDocument } from '../files/documents.ts';
import type { FileObjects } from './fileObjects.ts';

/** All that is decided from: of files, of a cluster, or of a cluster as it would be with what files hold. */
export interface World extends Pick<FileObjects, 'notJudged' | 'doubles'> {
  /** When it is looked at, RFC 3339: which waivers hold depends on it. */
  readonly now: string;
  readonly index: ObjectIndex;
  readonly facts: Facts;
  /** Sorted by name. */
  readonly namespaces: readonly Entry<NamespaceBody>[];
  /** Of the operator itself, to which network sections never apply. */
  readonly ownNamespace: string;
  /** The file in which an object is written; undefined where none is. */
  documentOf(ref: ObjectRef): ManifestDocument | undefined;
}

/** What is asked about by flags. */
export interface WorldFlags {
  readonly namespace?: string;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly facts?: readonly string[];
  readonly ignore?: readonly string[];
  readonly operatorNamespace: string;
}

/** Of commands that may look at a cluster. */
export interface ClusterFlags {
  /** With files: at the cluster as it would be with them. Without files there is nothing else to look at. */
  readonly live?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
}

export const READ = ['get', 'list', 'watch'];
export const MAKE = ['create', 'update', 'patch'];
export const CHANGE = ['update', 'patch'];
export const WRITE = [...MAKE, 'delete', 'deletecollection'];
export const REMOVE = ['delete', 'deletecollection'];
/** A binding may name a role without its rights. */
export const BIND = 'bind';

/** A right by which its holder can get more than it says. */
export interface EscalationPath {
  readonly id: string;
  /** Absent: any verb. */
  readonly verbs?: readonly string[];
  /** Absent: any group. */
  readonly group?: string;
  /** With subresources; absent: any resource. */
  readonly resources?: readonly string[];
  /** Only there; a right for all namespaces is one there too. */
  readonly namespace?: string;
  /** Only these objects; a right without names is one on them too. */
  readonly names?: readonly string[];
  /** What its holder can do with it, a sentence. */
  readonly reason: string;
}

/** A right as it would be granted. */
export interface GrantedRight {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** `''`: in all namespaces. */
  readonly namespace: string;
  /** Undefined: on any object. */
  readonly names: readonly string[] | undefined;
}

/** Of KEP-5284: `impersonate:user-info`, and `impersonate-on:user-info:list` beside it. */
const CONSTRAINED = /^impersonate(-on)?:.*$/;

/** The verb that a constrained one is a part of; any other as it is. */
export const asPlainVerb = (verb: string): string => verb.replace(CONSTRAINED, 'impersonate');

/** Whether a right opens a path. */
export const opens = (path: EscalationPath, right: GrantedRight): boolean =>
  (path.verbs?.includes(asPlainVerb(right.verb)) ?? true) &&
  (path.group === undefined || path.group === right.group) &&
  (path.resources?.includes(right.resource) ?? true) &&
  (path.namespace === undefined || right.namespace === '' || right.namespace === path.namespace) &&
  (path.names === undefined || right.names === undefined || right.names.some((name) => path.names?.includes(name)));

import { open } from 'node:fs/promises';
import type { AnyObject } from '../support/kubeAdmin.ts';

/** One write that the API server answered, as its audit log tells of it. */
export interface Write {
  /** When the answer was complete, in milliseconds of the wall clock. */
  readonly atMs: number;
  readonly user: string;
  readonly userAgent: string;
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** HTTP status. */
  readonly code: number;
  /** The answer's body, where the audit policy keeps it. */
  readonly answer: AnyObject | undefined;
}

interface AuditEvent {
  readonly stageTimestamp: string;
  readonly requestURI: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly impersonatedUser?: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: Readonly<Record<'resource' | 'subresource' | 'namespace' | 'name' | 'apiGroup', string>>;
  readonly responseStatus?: { readonly code?: number };
  readonly responseObject?: AnyObject;
}

/** What an audit log says of writes from a place in it on, in its order. Reviews and dry runs store nothing: left out. */
export async function writesFrom(path: string, mark: number): Promise<readonly Write[]> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.max(0, size - mark));
    await file.read(buffer, 0, buffer.length, mark);
    // What follows the last line's end is still being written.
    return buffer.toString().split('\n').slice(0, -1).flatMap(parseWrite);
  } finally {
    await file.close();
  }
}

const UNSTORED: ReadonlySet<string> = new Set(['authorization.k8s.io', 'authentication.k8s.io']);

/** An API server that was killed, or the mark, may have cut a line in two. */
export function parseWrite(line: string): readonly Write[] {
  let event: AuditEvent;
  try {
    event = JSON.parse(line);
  } catch {
    return [];
  }
  const { objectRef } = event;
  if (objectRef === undefined || UNSTORED.has(objectRef.apiGroup) || event.requestURI.includes('dryRun=All')) return [];
  return [
    {
      atMs: Date.parse(event.stageTimestamp),
      user: (event.impersonatedUser ?? event.user).username,
      userAgent: event.userAgent ?? '',
      verb: event.verb,
      resource: objectRef.resource,
      subresource: objectRef.subresource ?? '',
      namespace: objectRef.namespace ?? '',
      name: objectRef.name ?? '',
      code: event.responseStatus?.code ?? 0,
      answer: event.responseObject,
    },
  ];
}

/** In one line, for people. */
export const describeWrite = ({ user, verb, resource, subresource, namespace, name, code }: Write): string =>
  `${user.replace(/^system:serviceaccount:/, '')} ${verb} ${resource}${subresource === '' ? '' : `/${subresource}`} ${namespace}/${name} ${code}`;

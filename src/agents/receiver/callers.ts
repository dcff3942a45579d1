import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { record, text } from '../../k8s/json.ts';
import type { ServingFiles } from './servingFiles.ts';
import { digestOf } from './servingFiles.ts';

export interface CallerRule {
  /** Common names of the certificates that are let in; none: every one that the authority signed. */
  readonly clientNames: readonly string[];
}

/** Whether a request may be served: by its certificate, or by its token. */
export function isKnownCaller(request: IncomingMessage, files: ServingFiles, { clientNames }: CallerRule): boolean {
  return hasCertificate(request, files, clientNames) || hasToken(request, files);
}

/**
 * A resumed session says that its certificate was good once, perhaps under an authority that has been replaced since; the
 * server gives out no tickets for such (secureServer.ts), and takes none.
 */
function hasCertificate({ socket }: IncomingMessage, files: ServingFiles, names: readonly string[]): boolean {
  if (files.clientCa === undefined || !(socket instanceof TLSSocket)) return false;
  if (!socket.authorized || socket.isSessionReused()) return false;
  if (names.length === 0) return true;
  const { subject } = record(socket.getPeerCertificate());
  return names.includes(text(record(subject).CN));
}

/** All tokens are compared, each in constant time: how long it takes says nothing. */
function hasToken({ headers }: IncomingMessage, { tokenDigests }: ServingFiles): boolean {
  const given = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (given === undefined) return false;
  const digest = digestOf(given);
  return tokenDigests.reduce((found, one) => timingSafeEqual(one, digest) || found, false);
}

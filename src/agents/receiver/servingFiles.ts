import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { errorMessage } from '../../k8s/errorMessage.ts';
import type { Clock } from '../../operator/clock.ts';

/** Where the receiver's own certificate is, and what it knows its callers by. */
export interface ServingFileNames {
  readonly certFile: string;
  readonly keyFile: string;
  /** The authority that signs the certificates of callers. */
  readonly clientCaFile: string | undefined;
  /** Bearer tokens, one a line. */
  readonly tokenFile: string | undefined;
}

export interface ServingFiles {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | undefined;
  /** SHA-256 of each token: of equal length, whatever the token's. */
  readonly tokenDigests: readonly Buffer[];
  /** When the certificate ends, in seconds since 1970. */
  readonly expiresAt: number;
  /** Differs when a byte of a file does. */
  readonly fingerprint: string;
}

/** 16 characters of base64 hold 96 bits. */
const MIN_TOKEN_CHARACTERS = 16;

export const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** @throws a sentence that names the file which cannot be used */
export function readServingFiles(names: ServingFileNames): ServingFiles {
  const cert = readFileSync(names.certFile, 'utf8');
  const key = readFileSync(names.keyFile, 'utf8');
  const clientCa = names.clientCaFile === undefined ? undefined : readFileSync(names.clientCaFile, 'utf8');
  const tokenText = names.tokenFile === undefined ? undefined : readFileSync(names.tokenFile, 'utf8');
  try {
    createSecureContext({ cert, key, ca: clientCa });
  } catch (error) {
    const files = [names.certFile, names.keyFile, ...(names.clientCaFile === undefined ? [] : [names.clientCaFile])];
    throw new Error(`TLS cannot be served with ${files.join(', ')}: ${errorMessage(error)}`);
  }
  return {
    cert,
    key,
    clientCa,
    tokenDigests: tokenText === undefined ? [] : tokensIn(tokenText, names.tokenFile ?? '').map(digestOf),
    expiresAt: Date.parse(new X509Certificate(cert).validTo) / 1000,
    fingerprint: digestOf(JSON.stringify([cert, key, clientCa, tokenText])).toString('hex'),
  };
}

function tokensIn(text: string, file: string): readonly string[] {
  const tokens = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (tokens.length === 0) throw new Error(`the token file ${file} is empty`);
  if (tokens.some((token) => token.length < MIN_TOKEN_CHARACTERS)) {
    throw new Error(`a token in ${file} has fewer than ${MIN_TOKEN_CHARACTERS} characters: write a longer, random one`);
  }
  return tokens;
}

export interface ReloadOptions {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly onChange: (files: ServingFiles) => void;
  /** Once for each state of the files that cannot be used; what was in use stays. */
  readonly onError: (error: Error) => void;
}

/**
 * Reads the files again every `everyMs`, because Secrets are replaced behind a symbolic link, which no watch of a file sees.
 * A certificate and a key that do not belong together are one caught between two writes: the next look finds both. Returns
 * the function that ends it.
 */
export function keepReloading(names: ServingFileNames, first: ServingFiles, options: ReloadOptions): () => void {
  let current = first.fingerprint;
  let said: string | undefined;
  let cancel = (): void => {};
  const look = (): void => {
    try {
      const files = readServingFiles(names);
      said = undefined;
      if (files.fingerprint === current) return;
      current = files.fingerprint;
      options.onChange(files);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      if (said !== failure.message) options.onError(failure);
      said = failure.message;
    }
  };
  const next = (): void => {
    cancel = options.clock.after(options.everyMs, () => {
      look();
      next();
    });
  };
  next();
  return () => cancel();
}

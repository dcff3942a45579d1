import type { IncomingMessage } from 'node:http';
import type { Metrics } from '../../operator/metrics.ts';
import { isKnownCaller } from './callers.ts';
import type { ReceiverOptions } from './options.ts';
import type { ServingFileNames, ServingFiles } from './servingFiles.ts';
import { keepReloading, readServingFiles } from './servingFiles.ts';

/** The certificates and tokens that are in force. */
export interface Door {
  files(): ServingFiles;
  isKnown(request: IncomingMessage): boolean;
  /** Calls back with each later state of the files; the answer ends it. */
  reload(onChange: (files: ServingFiles) => void): () => void;
}

/** @throws a sentence when a file cannot be used */
export function openDoor(options: ReceiverOptions, metrics: Metrics): Door {
  const { certFile, keyFile, clientCaFile, tokenFile, clientNames, clock, logger, limits } = options;
  if (certFile === undefined || keyFile === undefined) return NO_DOOR;
  const names: ServingFileNames = { certFile, keyFile, clientCaFile, tokenFile };
  let files = readServingFiles(names);
  const tell = () => metrics.set('drawbridge_audit_receiver_certificate_expiry_timestamp_seconds', {}, files.expiresAt);
  const countReload = (result: 'used' | 'failed', by = 1) =>
    metrics.count('drawbridge_audit_receiver_reloads_total', { result }, by);
  for (const result of ['used', 'failed'] as const) countReload(result, 0);
  tell();
  return {
    files: () => files,
    isKnown: (request) => isKnownCaller(request, files, { clientNames }),
    reload: (onChange) =>
      keepReloading(names, files, {
        clock,
        everyMs: limits.reloadMs,
        onChange: (renewed) => {
          files = renewed;
          tell();
          onChange(renewed);
          countReload('used');
          logger.info('certificates and tokens are read anew');
        },
        onError: (error) => {
          countReload('failed');
          logger.error('certificates and tokens cannot be used, the last ones stay', { error: error.message });
        },
      }),
  };
}

/** Where nothing is served by TLS. */
const NO_DOOR: Door = {
  files: () => {
    throw new Error('there are no certificates');
  },
  isKnown: () => false,
  reload: () => () => {},
};

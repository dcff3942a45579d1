import type { Logger } from '../logger.ts';
import type { PolicyReportNote } from './apis.ts';

/** One line when it changes; nobody waits for these reports who has not installed what shows them. */
export function tellPolicyReports({ kind, group, state }: PolicyReportNote, logger: Logger): void {
  const fields = { kind, group };
  switch (state) {
    case 'written':
      logger.info('policy reports are written', fields);
      break;
    case 'rightMissing':
      logger.warn(
        'policy reports are not written: the right is missing, apply manifests/policy-reports to grant it',
        fields,
      );
      break;
    case 'notServed':
      logger.info('policy reports are not written any more: their API is not served', fields);
      break;
  }
}

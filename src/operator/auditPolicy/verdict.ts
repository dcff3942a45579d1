import type { AuditSource, Publication } from '../../audit/compile/publication.ts';
import { isError } from '../../audit/compile/publication.ts';
import type { AuditVerdict } from '../../core/outcome/auditVerdict.ts';

const MAX_SHOWN = 3;

/** What one baseline's status says of the policy, once it stands; `where`: the ConfigMap that holds it. */
export function verdictOn(
  source: AuditSource,
  { policy, sections, findings }: Publication,
  where: string,
): AuditVerdict {
  const said = findings.get(source.uid) ?? [];
  const errors = said.filter(isError);
  const stays =
    sections[source.uid] === undefined ? 'nothing of it is published' : 'its last good form stays published';
  if (errors.length > 0) {
    return { status: 'False', reason: 'AuditSectionRefused', message: `${shown(errors)}; ${stays}`, stalls: true };
  }
  if (!source.active || policy === undefined) {
    return {
      status: 'False',
      reason: 'NotEnforced',
      message: `the section is only audited, or the baseline is suspended; ${stays}`,
      stalls: false,
    };
  }
  const warnings = said.length === 0 ? '' : `; ${shown(said)}`;
  const joined = Object.keys(sections).length;
  const of = joined === 1 ? 'its section' : `the sections of ${joined} baselines`;
  return {
    status: 'True',
    reason: 'Published',
    message: `${where} has the policy made of ${of}${warnings}`,
    stalls: false,
  };
}

const shown = (findings: Publication['findings'] extends ReadonlyMap<string, infer F> ? F : never): string =>
  findings
    .slice(0, MAX_SHOWN)
    .map(({ id, path, message }) => `audit.${path}: ${message} (${id})`)
    .join('; ') + (findings.length > MAX_SHOWN ? `; and ${findings.length - MAX_SHOWN} more` : '');

/** The policy could not be written. */
export const notWritten = (why: string, stalls: boolean): AuditVerdict => ({
  status: 'False',
  reason: stalls ? 'MissingRight' : 'NotWritten',
  message: `the ConfigMap could not be written: ${why}`,
  stalls,
});

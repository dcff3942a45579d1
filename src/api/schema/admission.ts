import Type from 'typebox';

/** One word, because it says one thing of the whole baseline. The actions are those of ValidatingAdmissionPolicies. */
export const AdmissionSchema = Type.Enum(['Audit', 'Warn', 'Deny'], {
  description:
    'Whether tampering is stopped at the door, by ValidatingAdmissionPolicies: edits of what this baseline holds, of the labels it reads and of reports, and grants that `rbac.forbid` names. Audit: noted in the audit log. Warn: the writer is also warned. Deny: refused, but for whoever may `override` securitybaselines. Of several baselines in a namespace the strictest holds. Absent means none of it: what is changed is only put right.',
});

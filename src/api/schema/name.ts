import Type from 'typebox';
import { celRules } from './cel.ts';

const DNS_LABEL = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';

/** A name that becomes part of an object's name: a DNS label. */
export const dnsLabel = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: 63,
    description,
    ...celRules({
      rule: `self.matches('${DNS_LABEL}')`,
      message: 'write a name of lower-case letters, digits and -, with a letter or digit at both ends',
    }),
  });

/** A pattern over namespace names, in which `*` stands for any characters and `?` for one. */
export const NamespaceGlob = Type.String({
  minLength: 1,
  maxLength: 63,
  description: 'A namespace, or a pattern: `*` stands for any characters, `?` for one.',
  ...celRules(
    {
      rule: "self.matches('^[-a-z0-9*?]+$')",
      message: 'write a namespace name, or a pattern of lower-case letters, digits, -, * and ?, such as sandbox-*',
    },
    {
      rule: "self.matches('[a-z0-9]|^[^a-z0-9]*[^-*?a-z0-9]')",
      message:
        'this pattern would exclude every namespace: name at least one letter or digit, or set suspend to stop writing',
    },
  ),
});

/** A namespace that a waiver exempts. A pattern has to say something: what exempts all is no exemption (THREATS 16). */
export const WaivedNamespace = Type.String({
  minLength: 1,
  maxLength: 63,
  description: 'A namespace, or a pattern: `*` stands for any characters, `?` for one.',
  ...celRules(
    {
      rule: "self.matches('^[-a-z0-9*?]+$')",
      message: 'write a namespace name, or a pattern of lower-case letters, digits, -, * and ?, such as sandbox-*',
    },
    {
      rule: "self.matches('[a-z0-9]|[^-*?a-z0-9]')",
      message: 'a waiver is for some namespaces, not for all: name at least one letter or digit, such as sandbox-*',
    },
  ),
});

/** A system namespace by its whole name: a pattern could take in platform namespaces that nobody thought of. */
export const SystemNamespaceName = Type.String({
  minLength: 1,
  maxLength: 63,
  description: 'The name of a namespace, whole.',
  ...celRules({
    rule: `self.matches('${DNS_LABEL}')`,
    message: 'system namespaces are named one by one: write the whole name, such as kube-system, without * or ?',
  }),
});

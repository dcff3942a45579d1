import type { CelRule } from './cel.ts';

/**
 * A NetworkPolicy of policyType Egress isolates the pods it selects, so an allow policy of a direction that is not
 * denied would close what it was meant to open. Each rule below keeps a direction from being used without its deny.
 */
export const NETWORK_RULES: readonly CelRule[] = [
  {
    rule: "!has(self.allow) || !has(self.allow.dns) || 'Egress' in self.defaultDeny",
    message: 'allow.dns opens egress that is not closed: add Egress to defaultDeny, or remove allow.dns',
  },
  {
    rule: "!has(self.allow) || !has(self.allow.apiServer) || 'Egress' in self.defaultDeny",
    message: 'allow.apiServer opens egress that is not closed: add Egress to defaultDeny, or remove allow.apiServer',
  },
  {
    rule: "!has(self.allow) || !has(self.allow.apiServerCallbacks) || 'Ingress' in self.defaultDeny",
    message:
      'allow.apiServerCallbacks opens ingress that is not closed: add Ingress to defaultDeny, or remove allow.apiServerCallbacks',
  },
  {
    rule: '!has(self.allow) || !has(self.allow.sameNamespace) || self.allow.sameNamespace.all(d, d in self.defaultDeny)',
    message: 'allow.sameNamespace opens a direction that is not closed: add it to defaultDeny, or remove it here',
  },
  {
    rule: "!has(self.allow) || !has(self.allow.rules) || 'Ingress' in self.defaultDeny || self.allow.rules.all(r, !has(r.ingress) || r.ingress.size() == 0)",
    message:
      'a rule in allow.rules opens ingress that is not closed: add Ingress to defaultDeny, or remove its ingress',
  },
  {
    rule: "!has(self.allow) || !has(self.allow.rules) || 'Egress' in self.defaultDeny || self.allow.rules.all(r, !has(r.egress) || r.egress.size() == 0)",
    message: 'a rule in allow.rules opens egress that is not closed: add Egress to defaultDeny, or remove its egress',
  },
  {
    rule: "!has(self.blockedCidrs) || self.blockedCidrs.size() == 0 || 'Egress' in self.defaultDeny",
    message: 'blockedCidrs cannot be kept while egress is open: add Egress to defaultDeny, or remove blockedCidrs',
  },
  {
    rule: '!has(self.blockedCidrs) || self.blockedCidrs.all(b, !isCIDR(b) || cidr(b).prefixLength() > 0)',
    message:
      'blockedCidrs would block every address: remove the block of prefix length 0, for defaultDeny closes it all',
  },
];

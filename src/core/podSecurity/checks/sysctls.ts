import { list, record } from '../../../k8s/json.ts';
import type { PodCheck, Revision } from '../check.ts';
import { brokenIf } from '../pod.ts';

/** What each minor added to what is safe: namespaced, and without effect on other pods of the node. */
const ADDED: readonly (readonly [since: number, names: readonly string[]])[] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [
    29,
    [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  ],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
  [37, ['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat']],
];

function revision(since: number): Revision {
  const allowed: ReadonlySet<unknown> = new Set(ADDED.filter(([from]) => from <= since).flatMap(([, names]) => names));
  return {
    since,
    find: ({ securityContext }) =>
      list(securityContext.sysctls)
        .map((item) => record(item).name)
        .filter((name) => !allowed.has(name))
        .flatMap((name) => brokenIf(true, 'spec.securityContext.sysctls', name))
        .map((broken) => ({ container: '', ...broken })),
  };
}

export const sysctls: PodCheck = {
  id: 'sysctls',
  level: 'baseline',
  reason: 'forbidden sysctls',
  fix: 'take it out, and set it on the node if it is needed',
  revisions: ADDED.map(([since]) => revision(since)),
};

import { createCertificateAuthority } from './controlPlane/certificates.ts';
import { writeKubeconfig } from './controlPlane/kubeconfig.ts';
import type { RunningWatch } from './faultProxy/exchange.ts';
import { exchange } from './faultProxy/exchange.ts';
import type { Listener } from './faultProxy/listener.ts';
import { listen } from './faultProxy/listener.ts';
import { createRequestLog } from './faultProxy/log.ts';
import type { RuleBook } from './faultProxy/rules.ts';
import { createRuleBook, meetsRunning } from './faultProxy/rules.ts';
import { runSchedule } from './faultProxy/run.ts';
import type { FaultProxy, FaultProxyOptions, Injected, Rule } from './faultProxy/types.ts';
import { createUpstream } from './faultProxy/upstream.ts';
import { createVersions } from './faultProxy/versions.ts';
import { readKubeconfig } from './kubeAdmin/kubeconfig.ts';

export { peakPerSecond, summary } from './faultProxy/log.ts';
export type { ScheduleOptions } from './faultProxy/schedule.ts';
export { scheduleOf } from './faultProxy/schedule.ts';
export type * from './faultProxy/types.ts';

/** Starts a proxy; the caller stops it. */
export async function startFaultProxy({ controlPlane }: FaultProxyOptions): Promise<FaultProxy> {
  // An authority of its own: a client that passes the proxy by does not trust what it finds.
  const authority = createCertificateAuthority('drawbridge-fault-proxy');
  const upstream = createUpstream(controlPlane.url, controlPlane.caPem);
  const rules = createRuleBook();
  const log = createRequestLog();
  const versions = createVersions();
  const watches = new Set<RunningWatch>();
  const ended = new AbortController();
  const listener = await listen(
    authority.issue({ commonName: 'fault-proxy', hosts: ['localhost', '127.0.0.1'] }),
    (message, response) => {
      const reset = () => listener.reset(message.socket.remotePort);
      void exchange({ upstream, rules, log, versions, watches, reset }, message, response);
    },
  );
  const url = `https://127.0.0.1:${listener.port}`;
  const inject = injectorOf(rules, listener, watches);
  return {
    url,
    caPem: authority.certPem,
    kubeconfig: async (path) => {
      const { token } = readKubeconfig(path);
      if (token === undefined) throw new Error(`${path} has no token, and nothing else passes the proxy`);
      const copy = `${path}.${listener.port}`;
      writeKubeconfig(copy, url, authority.certPem, { token });
      return copy;
    },
    inject,
    clear: async () => {
      for (const active of rules.all()) active.lift();
      await listener.reopen();
    },
    run: (schedule, signal) =>
      runSchedule(schedule, inject, signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal])),
    resetAll: listener.resetAll,
    requests: (sinceMs = 0) => log.since(sinceMs),
    open: () => ({ clients: listener.open(), upstream: upstream.open() }),
    watches: () => [...watches].map(({ request }) => request),
    stop: async () => {
      ended.abort();
      for (const active of rules.all()) active.lift();
      await listener.close();
      await upstream.close();
    },
  };
}

/** Puts rules in force, on what runs already as well. */
function injectorOf(rules: RuleBook, listener: Listener, watches: ReadonlySet<RunningWatch>): (rule: Rule) => Injected {
  const isShut = (): boolean => rules.all().some(({ rule }) => rule.fault.type === 'outage');
  return (rule) => {
    const active = rules.add(rule);
    if (rule.fault.type === 'reset') listener.resetAll();
    if (rule.fault.type === 'outage') listener.shut();
    if (meetsRunning(rule)) for (const watch of [...watches]) if (active.meets(watch.request)) watch.suffer(active);
    return {
      hits: active.hits,
      lift: async () => {
        active.lift();
        // Two outages may overlap.
        if (rule.fault.type === 'outage' && !isShut()) await listener.reopen();
      },
    };
  };
}

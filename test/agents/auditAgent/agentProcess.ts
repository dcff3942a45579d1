/** An audit agent as a process of its own, for tests that kill it: its arguments are the flags of `drawbridge audit-agent`. */
import { runAuditAgent } from '../../../src/agents/auditAgent/agent.ts';
import { auditAgentOptionsOf, parseAuditAgentFlags } from '../../../src/agents/auditAgent/flags.ts';
import { systemClock } from '../../../src/operator/clock.ts';
import { createLogger } from '../../../src/operator/logger.ts';

const options = auditAgentOptionsOf(parseAuditAgentFlags(process.argv.slice(2)), {
  version: 'test',
  logger: createLogger('info'),
  clock: systemClock,
});
const controller = new AbortController();
process.once('SIGTERM', () => controller.abort());
await runAuditAgent(options, controller.signal);
process.exit(0);

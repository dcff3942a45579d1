import type { AuditAgentFlagValues } from '../../agents/auditAgent/flags.ts';
import { AUDIT_AGENT_FLAGS } from '../../agents/auditAgent/flags.ts';
import type { LogLevel } from '../../operator/logger.ts';
import { VERSION } from '../../version.ts';
import type { AddCommand } from '../command.ts';
import { acting } from '../command.ts';
import type { ExitCode } from '../exitCodes.ts';
import { LOG_LEVEL, tableOptions, tableValues } from '../flagTable.ts';
import { untilStopped } from '../untilStopped.ts';

export const addAuditAgent: AddCommand = (parent, host) => {
  const command = parent
    .command('audit-agent')
    .description('bring the published audit policy to the API server of this control-plane node');
  for (const option of tableOptions(AUDIT_AGENT_FLAGS)) command.addOption(option);
  command.action(acting(host, () => run(tableValues(command) as AuditAgentFlagValues)));
};

async function run(values: AuditAgentFlagValues): Promise<ExitCode> {
  const { auditAgentOptionsOf } = await import('../../agents/auditAgent/flags.ts');
  const { createLogger } = await import('../../operator/logger.ts');
  const { systemClock } = await import('../../operator/clock.ts');
  const { runAuditAgent } = await import('../../agents/auditAgent/agent.ts');
  const logger = createLogger((values[LOG_LEVEL] as LogLevel | undefined) ?? 'info');
  const given = { version: VERSION, logger, clock: systemClock, env: process.env };
  return untilStopped('the audit agent', logger, async (signal) =>
    runAuditAgent(auditAgentOptionsOf(values, given), signal),
  );
}

/** A receiver as a process of its own, for tests that kill it: its arguments are the flags of `drawbridge audit-receiver`. */
import { parseReceiverFlags, receiverOptionsOf } from '../../../src/agents/receiver/flags.ts';
import { runReceiver } from '../../../src/agents/receiver/receiver.ts';
import { systemClock } from '../../../src/operator/clock.ts';
import { createLogger } from '../../../src/operator/logger.ts';

const options = receiverOptionsOf(parseReceiverFlags(process.argv.slice(2)), {
  version: 'test',
  logger: createLogger('info'),
  clock: systemClock,
});
const controller = new AbortController();
process.once('SIGTERM', () => controller.abort());
await runReceiver(options, controller.signal);
process.exit(0);

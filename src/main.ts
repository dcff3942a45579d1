import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { VERSION } from './version.ts';

/** Exit codes are contracts: 0 clean, 1 findings or differences, 2 usage or runtime error (DESIGN §7). */
const FAILED = 2;
/** Where Kubernetes mounts the pod's own namespace. */
const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

interface OperatorFlags {
  readonly metricsBindAddress: string;
  readonly healthProbeBindAddress: string;
  readonly kubeconfig?: string;
  readonly namespace?: string;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
}

const program = new Command('drawbridge')
  .description('Holds Kubernetes namespaces at a declared security baseline.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : FAILED))
  .showHelpAfterError();

program
  .command('operator')
  .description('run the operator')
  .option('--metrics-bind-address <address>', 'where to serve /metrics; "0" is off', ':8080')
  .option('--health-probe-bind-address <address>', 'where to serve /healthz and /readyz; "0" is off', ':8081')
  .option('--kubeconfig <file>', 'a kubeconfig; else $KUBECONFIG, ~/.kube/config, or the ServiceAccount of the pod')
  .option('--namespace <name>', "the operator's own namespace; else the pod's, else drawbridge-system")
  .option('--log-level <level>', 'error, warn, info or debug', oneOf(['error', 'warn', 'info', 'debug']), 'info')
  .action(async (flags: OperatorFlags) => {
    const { createLogger } = await import('./operator/logger.ts');
    const { runOperator } = await import('./operator/operator.ts');
    const logger = createLogger(flags.logLevel);
    try {
      await runOperator(
        {
          kubeconfig: flags.kubeconfig,
          metricsBindAddress: flags.metricsBindAddress,
          healthBindAddress: flags.healthProbeBindAddress,
          ownNamespace: flags.namespace ?? ownNamespace(),
          instance: hostname(),
          version: VERSION,
          logger,
        },
        signalOfTermination(),
      );
      logger.info('stopped');
      process.exit(0);
    } catch (error) {
      logger.error('the operator cannot run', { error: error instanceof Error ? error.message : String(error) });
      process.exit(FAILED);
    }
  });

program
  .command('version')
  .description('print the version')
  .action(() => void process.stdout.write(`${VERSION}\n`));

await program.parseAsync();

function oneOf(choices: readonly string[]): (value: string) => string {
  return (value) => {
    if (!choices.includes(value)) throw new InvalidArgumentError(`write one of ${choices.join(', ')}.`);
    return value;
  };
}

function ownNamespace(): string {
  try {
    return readFileSync(NAMESPACE_FILE, 'utf8').trim();
  } catch {
    return 'drawbridge-system';
  }
}

/** SIGTERM and SIGINT ask to stop; a second one is the kernel's default again, so that a hang can be ended. */
function signalOfTermination(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}

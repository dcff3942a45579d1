import type { Command } from 'commander';
import { Option } from 'commander';
import type { AddCommand } from '../command.ts';
import { acting } from '../command.ts';
import { FORMAT_NAMES } from '../format/formatNames.ts';
import { kubernetesVersionOption } from '../kubernetesVersion.ts';
import { collect, FILES, failOnOption, oneOf, outputOption } from '../options.ts';
import type { CompileFlags } from './compile.ts';
import { COMPILED_FORMATS } from './compiledFormats.ts';
import type { DeliverFlags } from './deliver.ts';
import { DELIVER_FORMATS, DELIVER_TO } from './deliverFormats.ts';
import type { ExplainFlags } from './explain.ts';
import { EXPLAIN_FORMATS } from './explainFormats.ts';
import type { LintFlags } from './lint.ts';
import { addPropose } from './proposeCommand.ts';

const addLint: AddCommand = (parent, host) => {
  kubernetesVersion(parent.command('lint'))
    .description('find what is wrong with audit policies, and with the audit sections of baselines')
    .argument('<files...>', FILES)
    .option(
      '--discovery <path>',
      'what an API server serves, to find resources that it does not: its directory in ~/.kube/cache/discovery',
    )
    .option(
      '--audit-log <file>',
      'audit events, one a line, to find users and groups that nobody authenticates as; repeatable',
      collect,
    )
    .option(
      '--audit-mode <mode>',
      "the API server's --audit-log-mode or --audit-webhook-mode: batch, blocking or blocking-strict",
      oneOf(['batch', 'blocking', 'blocking-strict'] as const),
    )
    .addOption(failOnOption())
    .addOption(outputOption(FORMAT_NAMES, 'table'))
    .action(
      acting(host, async (files: readonly string[], flags: LintFlags) => {
        const { auditLint } = await import('./lint.ts');
        return auditLint(files, flags, host.terminal);
      }),
    );
};

const addExplain: AddCommand = (parent, host) => {
  kubernetesVersion(parent.command('explain'))
    .description('say how a policy has a request recorded, by which rule, and why not by the rules before it')
    .requiredOption('--policy <file>', 'an audit policy; - for standard input')
    .requiredOption(
      '--verb <verb>',
      'get, list, watch, create, update, patch, delete, deletecollection; for a path the HTTP method',
    )
    .option('--resource <resource>', 'such as pods, pods/exec, deployments.apps or deployments.apps/scale')
    .option('--group <group>', 'the API group of the resource; absent is the core group')
    .option('--subresource <name>', 'such as exec')
    .option('--namespace <name>', 'absent: of the cluster, or of all namespaces')
    .option('--name <name>', 'of the object')
    .option('--path <path>', 'instead of a resource: a path such as /healthz')
    .option('--user <name>', 'who authenticates; absent: somebody of whom no policy knows')
    .option('--no-user', 'the request fails to authenticate')
    .option('--user-group <name>', 'a group of the user, beside those that every server gives; repeatable', collect)
    .addOption(outputOption(EXPLAIN_FORMATS, 'text'))
    .action(
      acting(host, async ({ user, ...flags }: Omit<ExplainFlags, 'user'> & { readonly user?: string | boolean }) => {
        const { auditExplain } = await import('./explain.ts');
        // Commander says true where neither --user nor --no-user stands.
        return auditExplain(user === true || user === undefined ? flags : { ...flags, user }, host.terminal);
      }),
    );
};

const addCompile: AddCommand = (parent, host) => {
  parent
    .command('compile')
    .description('write the audit policy that the operator publishes for these baselines')
    .argument('<files...>', FILES)
    .option('--namespace <name>', 'of the ConfigMap: where the operator runs', 'drawbridge-system')
    .addOption(outputOption(COMPILED_FORMATS, 'policy'))
    .action(
      acting(host, async (files: readonly string[], flags: CompileFlags) => {
        const { auditCompile } = await import('./compile.ts');
        return auditCompile(files, flags, host.terminal);
      }),
    );
};

const addDeliver: AddCommand = (parent, host) => {
  kubernetesVersion(parent.command('deliver'))
    .description(
      'say what to apply where nobody puts files beside API servers, and what is lost there; applies nothing',
    )
    .argument('<files...>', `baselines, or one audit policy: ${FILES}`)
    .addOption(new Option('--to <platform>', DELIVER_TO.join(', ')).argParser(oneOf(DELIVER_TO)).makeOptionMandatory())
    .option('--namespace <name>', 'gardener: of the project, in the garden cluster')
    .option('--shoot <name>', 'gardener: the Shoot')
    .addOption(outputOption(DELIVER_FORMATS, 'yaml'))
    .action(
      acting(host, async (files: readonly string[], flags: DeliverFlags) => {
        const { auditDeliver } = await import('./deliver.ts');
        return auditDeliver(files, flags, host.terminal);
      }),
    );
};

const kubernetesVersion = (command: Command): Command => command.addOption(kubernetesVersionOption());

/** A command is one function and one line here. */
const AUDIT_COMMANDS: readonly AddCommand[] = [addLint, addExplain, addCompile, addDeliver, addPropose];

export const addAudit: AddCommand = (parent, host) => {
  const audit = parent
    .command('audit')
    .description('audit policies of API servers: lint, explain, compile, deliver; and what their logs show: propose');
  for (const add of AUDIT_COMMANDS) add(audit, host);
};

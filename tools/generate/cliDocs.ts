import { join } from 'node:path';
import type { Argument, Command, Option } from 'commander';
import { OWN_RULES } from '../../src/cli/findings/help.ts';
import { createProgram, runProgram } from '../../src/cli/program.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import type { Generator } from './generator.ts';
import { MARKDOWN_HEADER } from './generator.ts';
import { code, table } from './markdown.ts';
import { ROOT } from './stale.ts';

/** What the examples are run in. */
const EXAMPLES = 'docs/examples';

const INTRO = `# Command line

[Where the program comes from](gate-pull-requests.md#get-the-program). As a plugin, \`kubectl drawbridge\`, it is the same.

Results go to standard output, and everything else to standard error. Every command ends with

| Exit code | Means |
| --- | --- |
| 0 | clean |
| 1 | findings, or differences |
| 2 | wrong usage, a file that is not there, or another error; nothing stands on standard output |

whatever the format is. The commands that read files need no cluster, and write nothing but what \`-o\` names.

## Files

Where a command takes files, it takes directories too, with every \`.yaml\`, \`.yml\` and \`.json\` below them, and \`-\` for standard
input. A file may hold several documents, and lists such as \`kubectl get -o yaml\` writes. Each file is read once, links that lead
round in a circle are followed once, and a file of more than 4 MiB is a finding and not read. \`.git\` and \`node_modules\` are left alone.
YAML is read as Kubernetes reads it: by version 1.1, times and \`1:30\` as text, \`0o17\` as a number, and a merge (\`<<\`) wins over the
fields before it.

The commands that take manifests (\`check\`, \`render\`, \`diff\`, \`explain\`) build a directory that is a kustomization, by the
\`kustomize\` or \`kubectl\` that is installed. They fetch nothing: what stands on remote bases comes by a pipe, as in
\`kustomize build DIR | drawbridge check BASELINES -\`, and so does what a chart makes:
\`helm template CHART | drawbridge check -n NAMESPACE BASELINES -\`. \`--ignore\` leaves out files and directories below those that are named.

Nothing is passed over in silence. What is named and cannot be read is a finding (\`check\`, \`audit lint\`) or an error, and so is in
directories what may be meant: by the commands that take manifests whatever has \`apiVersion\` and \`kind\`, by those about audit what
speaks of \`audit.k8s.io\` or \`drawbridge.dev\`. The rest is named on standard error.

## Formats

${code('-o')} may stand several times: one format on standard output, and any number in files, as in \`-o table -o sarif=audit.sarif\`.

| Format | For |
| --- | --- |
| \`table\`, \`wide\` | People; \`wide\` names the object and the path within it. On a terminal in colours, unless \`NO_COLOR\` is set, and \`table\` in paragraphs with what to do where there is no room for columns. Nothing where nothing was found. |
| \`json\`, \`yaml\` | Programs: \`summary\`, \`checked\`, and \`results\` with \`rule\`, \`severity\`, \`file\`, \`line\`, \`column\`, \`object\`, \`path\`, \`message\`, \`summary\`, \`fix\`; of \`check\` also \`notJudged\`. Lines and columns count from 1. Fields are added, and never change their meaning. |
| \`sarif\` | Code scanning: SARIF 2.1.0. |
| \`junit\` | CI systems: JUnit's XML as Jenkins takes it, a suite for each file. What makes the command end with 1 is a failure, the rest is skipped. |
| \`github\` | GitHub Actions: annotations at the lines. |

Severities are \`error\`, \`warning\` and \`info\`. ${code('--fail-on')} says from which on a command ends with 1.
`;

/** Shown below a command, and run when this page is made. */
const RUNS: Readonly<Record<string, readonly string[]>> = {
  check: ['check gate'],
  diff: ['diff gate next'],
  explain: ['explain -n shop gate'],
  'audit lint': ['audit lint policy.yaml', 'audit lint -o github --fail-on none .'],
  'audit explain': [
    'audit explain --policy policy.yaml --verb create --resource pods/exec --namespace payments --name web',
    'audit explain --policy policy.yaml --verb list --resource secrets --namespace payments',
  ],
  'audit compile': ['audit compile baseline.yaml'],
};

const NOTES: Readonly<Record<string, string>> = {
  'audit-receiver': '[audit-receiver.md](audit-receiver.md) says how to set it up.',
  render: `Writes what the operator would send if nothing of it were there yet, in the order in which it is sent. Single fields of objects that others make
(the default ServiceAccount) stand as an object with these fields. What rests on something that is not known (see \`--facts\` under
[check](#drawbridge-check)) is left out, said, and makes it end with 1. What is not written, since its baseline only reports, is said.
\`-o sarif\`, \`junit\` and \`github\` have what is left out, the others the objects: \`yaml\` as documents, \`json\` as a \`List\`.`,
  diff: `Without files: what the operator would change in the cluster now, and what it would not, as its baseline only reports or is suspended. With
\`--live\`: what it would change there if these files were applied; \`-n NAMESPACE --namespace-labels KEY=VALUE\` tries out labels. With two paths:
what it would hold otherwise by the second, without a cluster. Reads, and writes nothing. With \`-n\` one namespace alone is looked at.
\`table\` shows each field as it is and as it would be; the other formats are those of [reports](#formats), with \`add\`, \`change\`, \`replace\` and \`remove\` for rules.`,
  explain: `Without files it looks at the cluster, with the rights of the kubeconfig: what the operator watches has to be readable, of the namespace, and of
the cluster what facts are read from. \`-o wide\` says what each object is there for. \`-o json\` and \`yaml\` have \`namespace\` and its \`labels\`; \`sections\`
with \`section\`, \`baseline\`, \`enforcement\`, \`why\`, \`others\`; \`notReady\` with
\`baseline\`, \`reason\`, \`message\`; \`objects\` with \`kind\`, \`name\`, \`baseline\`, \`control\`, \`why\`, \`state\`; and
\`findings\` with \`reason\`, \`check\`, \`severity\`, \`result\`, \`message\`, \`object\`, \`baseline\`, \`control\`, \`shadow\`, \`means\`, \`fix\`, and
\`waiver\` where one exempts it. Fields are added, and never change their meaning.`,
  check: `Judges what files hold as the operator judges a cluster, by the same functions: SecurityBaselines, waivers, namespaces, what is in them, and
ClusterRoleBindings where \`rbac.forbid\` or \`clusterChecks\` ask. What a baseline would be refused for is found too, by the rules that the CRD
carries, and what [audit lint](#drawbridge-audit-lint) says of its \`audit\` section and of audit policies. That the operator's own objects are missing
is no finding: it makes them. [findings.md](findings.md) has every rule and what to do about it; severity \`high\` and \`medium\` are
errors, \`low\` is a warning. Of files themselves it finds:

${table(
  ['Rule', 'Severity', 'Means', 'What to do'],
  OWN_RULES.map(({ id, severity, summary, help = '' }) => [code(id), severity, summary, help]),
)}

What was given and nothing was decided from (objects of kinds that no baseline is about, files that hold no object) is counted on standard
error, and named in \`notJudged\` of \`-o json\`. A path that holds no object at all, and standard input that is empty, end with 2.

What files do not tell of a cluster (the addresses of its API server and DNS, what may be handed out) is a finding of severity \`info\`. To have it known,
keep what \`kubectl get clusterroles,services,endpointslices,daemonsets -A -o yaml\` writes in a file, and name it by \`--facts\`.
[gate-pull-requests.md](gate-pull-requests.md) says how to run this on every change.`,
  'audit lint': `Finds what a server would refuse or drop without a word ([audit-policy.md](audit-policy.md)), and what it takes and does not do as
it seems to ([audit-lints.md](audit-lints.md)). Of a SecurityBaseline it looks at the \`audit\` section, as the API server and the operator do.
A document is taken for a policy in doubt, so that a misspelt \`kind\` is found. Without \`--kubernetes-version\` a policy
must suit all supported servers.`,
  'audit explain':
    'Says what a server does with one request under a policy, by its own algorithm. That there is no event is an answer too: it ends with 0.',
  'audit compile': `Writes what the operator publishes in a cluster that has these baselines, byte for byte, and names the ConfigMap by its hash. Baselines
that only audit or are suspended are no part of it. Where a section is refused it writes nothing and ends with 1: the operator would leave that section
out, or keep its last good form. \`drawbridge audit compile FILES | drawbridge audit explain --policy - …\` says what it does with a request.`,
};

export const cliDocsGenerator: Generator = {
  name: 'cli-docs',
  files: async () => {
    const program = createProgram({ terminal: recorder([]), end: () => {} });
    const pages = await Promise.all(commandsOf(program, '').map(([name, command]) => page(name, command)));
    return [{ path: 'docs/cli.md', content: `${MARKDOWN_HEADER}\n${[INTRO, ...pages].join('\n')}` }];
  },
};

/** With the names that one writes, in the order of the help. */
const commandsOf = ({ commands }: Command, parent: string): readonly (readonly [string, Command])[] =>
  commands.flatMap((command) => {
    const name = `${parent}${command.name()}`;
    return command.commands.length > 0 ? commandsOf(command, `${name} `) : [[name, command] as const];
  });

async function page(name: string, command: Command): Promise<string> {
  const examples = await Promise.all((RUNS[name] ?? []).map(example));
  const rows = [...command.registeredArguments.map(argumentRow), ...command.options.map(optionRow)];
  const parts = [
    `## drawbridge ${name}`,
    sentence(command.description()),
    ...(NOTES[name] === undefined ? [] : [NOTES[name]]),
    ...(rows.length === 0 ? [] : [table(['', ''], rows)]),
    ...examples,
  ];
  return `${parts.join('\n\n')}\n`;
}

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

function argumentText(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

const argumentRow = (argument: Argument): readonly string[] => [code(argumentText(argument)), argument.description];

function optionRow({
  flags,
  description,
  mandatory,
  defaultValue,
  defaultValueDescription,
}: Option): readonly string[] {
  const standard =
    defaultValueDescription ?? (typeof defaultValue === 'string' ? JSON.stringify(defaultValue) : undefined);
  const more = mandatory ? ' (required)' : standard === undefined ? '' : ` (default: ${standard})`;
  return [code(flags), `${description}${more}`];
}

async function example(line: string): Promise<string> {
  const shown: string[] = [];
  const exitCode = await runProgram(line.split(' '), recorder(shown));
  return ['```console', `$ drawbridge ${line}`, `${shown.join('')}$ echo $?`, exitCode, '```'].join('\n');
}

/** Both streams in one, as a terminal shows them. */
const recorder = (shown: string[]): Terminal => ({
  out: (text) => void shown.push(text),
  log: (line) => void shown.push(`${line}\n`),
  stdin: async function* () {},
  hasColours: false,
  directory: join(ROOT, EXAMPLES),
  now: () => '2026-11-30T00:00:00Z',
});

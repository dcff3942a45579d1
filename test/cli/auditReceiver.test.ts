import { expect } from 'chai';
import { Command } from 'commander';
import { parseReceiverFlags, RECEIVER_FLAGS } from '../../src/agents/receiver/flags.ts';
import { addAuditReceiver } from '../../src/cli/auditReceiver/command.ts';
import { tableValues } from '../../src/cli/flagTable.ts';
import { useWorkplace } from './run.ts';

const host = {
  terminal: {
    out: () => {},
    log: () => {},
    stdin: async function* () {},
    hasColours: false,
    directory: '',
    now: () => '',
  },
  end: () => {},
};

/** What the command makes of its flags, without running it. */
function valuesOf(args: readonly string[]): object {
  const parent = new Command();
  addAuditReceiver(parent, host);
  const command = parent.commands[0];
  if (command === undefined) throw new Error('the command was not added');
  command.action(() => {});
  parent.parse(['audit-receiver', ...args], { from: 'user' });
  return JSON.parse(JSON.stringify(tableValues(command)));
}

describe('drawbridge audit-receiver', () => {
  const at = useWorkplace();

  it('has the flags of the receiver, and reads them as it does', () => {
    const all = RECEIVER_FLAGS.flatMap((flag) =>
      'isRepeatable' in flag
        ? [`--${flag.name}=a`, `--${flag.name}`, 'b']
        : [`--${flag.name}=${flag.name === 'log-level' ? 'debug' : 'x'}`],
    );
    for (const args of [[], all]) {
      expect(valuesOf(args)).to.deep.equal(JSON.parse(JSON.stringify(parseReceiverFlags(args))));
    }
  });

  it('has each of them in its help, with what stands where it is not given', async () => {
    const { code, out } = await at().run(['audit-receiver', '--help']);
    expect(code).to.equal(0);
    const text = out.replaceAll(/\s+/g, ' ');
    for (const { name, value, description, ...rest } of RECEIVER_FLAGS) {
      expect(text).to.contain(`--${name} ${value} ${description}`);
      if ('standard' in rest) expect(text).to.contain(`(default: "${rest.standard}")`);
    }
  });
});

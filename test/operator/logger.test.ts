import { expect } from 'chai';
import type { LogLevel } from '../../src/operator/logger.ts';
import { createLogger } from '../../src/operator/logger.ts';

/** What is written to one of the process's streams meanwhile. */
async function written(stream: NodeJS.WriteStream, run: () => void): Promise<string> {
  const { write } = stream;
  let text = '';
  stream.write = ((chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  }) as typeof write;
  try {
    run();
    await new Promise(setImmediate);
  } finally {
    stream.write = write;
  }
  return text;
}
const logged = async (level: LogLevel): Promise<readonly Record<string, unknown>[]> => {
  const text = await written(process.stderr, () => {
    const logger = createLogger(level);
    for (const at of ['error', 'warn', 'info', 'debug'] as const) logger[at](`a line of ${at}`, { namespace: 'a\nb' });
  });
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
};

describe('the logger', () => {
  it('writes one line of JSON for each fact, with its time', async () => {
    const [line] = await logged('error');
    expect(line).to.include({ level: 'error', message: 'a line of error', namespace: 'a\nb' });
    expect(line?.timestamp).to.match(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('writes what its level asks for', async () => {
    expect((await logged('info')).map(({ level }) => level)).to.deep.equal(['error', 'warn', 'info']);
    expect((await logged('debug')).map(({ level }) => level)).to.deep.equal(['error', 'warn', 'info', 'debug']);
  });

  it('leaves stdout to what commands print', async () => {
    const text = await written(
      process.stdout,
      () => void written(process.stderr, () => createLogger('debug').info('x')),
    );
    expect(text).to.equal('');
  });
});

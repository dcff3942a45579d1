import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../exitCodes.ts';
import type { Terminal } from '../terminal.ts';
import type { FormatOptions } from './format.ts';

/** Where to write what: `-o sarif=report.sarif`, `-o json`. */
export interface Output {
  readonly format: string;
  /** Undefined: standard output. */
  readonly file: string | undefined;
}

/** @throws UsageError about a format that is none of `names`, or two that would be mixed on standard output */
export function parseOutputs(values: readonly string[], names: readonly string[]): readonly Output[] {
  const outputs = values.map((value): Output => {
    // As in kubectl, -o=json is -o json.
    const [format = '', ...file] = value.replace(/^=/, '').split('=');
    if (!names.includes(format)) throw new UsageError(`-o ${value}: write one of ${names.join(', ')}`);
    if (file.length > 0 && file.join('=') === '')
      throw new UsageError(`-o ${value}: name a file, as in -o ${format}=FILE`);
    return { format, file: file.length > 0 ? file.join('=') : undefined };
  });
  const shown = outputs.filter(({ file }) => file === undefined).map(({ format }) => format);
  if (shown.length > 1) {
    throw new UsageError(
      `-o ${shown.join(' and -o ')} would be mixed: write all but one to files, as in -o ${shown[0]}=FILE`,
    );
  }
  return outputs;
}

/** @throws UsageError where a file cannot be written */
export async function writeOutputs(
  outputs: readonly Output[],
  textOf: (format: string, options: FormatOptions) => string | Promise<string>,
  terminal: Terminal,
): Promise<void> {
  for (const { format, file } of outputs) {
    if (file === undefined) {
      terminal.out(await textOf(format, terminal));
      continue;
    }
    const text = await textOf(format, { hasColours: false });
    await writeFile(resolve(terminal.directory, file), text).catch((error: Error) => {
      throw new UsageError(`-o ${format}=${file}: ${error.message}`);
    });
  }
}

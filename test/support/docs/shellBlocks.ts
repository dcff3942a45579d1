/** A fenced block of shell commands in a page. */
export interface ShellBlock {
  /** The heading it stands under. */
  readonly under: string;
  readonly commands: string;
  /** What a control plane without nodes and registries does not have: the block is not run. */
  readonly needs?: string;
}

/** The blocks marked `sh` of a page, in order; one that cannot be run everywhere says `sh needs=WHAT`. */
export function shellBlocks(markdown: string): readonly ShellBlock[] {
  const blocks: ShellBlock[] = [];
  let under = '';
  for (const [, heading, fence, text] of markdown.matchAll(/^#+ (.+)$|^```(\w.*)\n([\s\S]*?)^```$/gm)) {
    if (heading !== undefined) under = heading;
    const [language, needs] = (fence ?? '').split(' needs=');
    if (language !== 'sh') continue;
    blocks.push({ under, commands: text ?? '', ...(needs === undefined ? {} : { needs }) });
  }
  return blocks;
}

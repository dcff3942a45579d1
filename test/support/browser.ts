import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

/** Starts a headless Chromium; the caller closes it. */
export async function startBrowser(env: NodeJS.ProcessEnv = process.env): Promise<Browser> {
  // Without its sandbox, because tests may run as root in a container; the only pages are our own.
  return chromium.launch({ executablePath: await chromiumPath(env), chromiumSandbox: false, headless: true });
}

/** CHROMIUM_PATH, else the one that comes compressed in @sparticuz/chromium, unpacked once into the cache. */
async function chromiumPath(env: NodeJS.ProcessEnv): Promise<string> {
  if (env.CHROMIUM_PATH) return env.CHROMIUM_PATH;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('the packages have a Chromium for Linux on x64 alone: set CHROMIUM_PATH to one of this machine');
  }
  const root = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const cache = join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'drawbridge');
  // In a directory of its own: it puts others beside it.
  const dir = join(cache, `chromium-${version}`);
  if (!existsSync(dir)) await unpack(join(root, 'bin/chromium.br'), dir);
  return join(dir, 'chromium');
}

/** The directory appears whole or not at all, whoever else does the same. */
async function unpack(from: string, to: string): Promise<void> {
  mkdirSync(dirname(to), { recursive: true });
  const dir = mkdtempSync(join(dirname(to), 'building-'));
  try {
    const whole = join(dir, 'chromium');
    await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(whole, { mode: 0o755 }));
    renameSync(dir, to);
  } catch (error) {
    // Somebody else was first.
    if (!existsSync(join(to, 'chromium'))) throw error;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

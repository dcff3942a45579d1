const NEEDED_MAJOR = 24;

/** What is wrong with a Node version ("v24.1.0"), or undefined when nothing is. */
function nodeProblem(version: string): string | undefined {
  if (Number.parseInt(version.slice(1), 10) >= NEEDED_MAJOR) return undefined;
  return [
    `Drawbridge needs Node ${NEEDED_MAJOR} or newer to run TypeScript as it is; this is ${version}.`,
    `It comes with the packages: \`npm ci\`, then \`npx node\`. If \`npx node --version\` still says ${version}, its`,
    'install script was skipped: run `npm ci` without --ignore-scripts (npm config get ignore-scripts).',
  ].join('\n');
}

/**
 * Checks Node and has the programs ready that tests run against: the control plane's, and with `--all` helm, Prometheus and
 * the check of dashboards. Exit status 1 and one message when something is missing.
 */
async function main(): Promise<void> {
  const problem = nodeProblem(process.version);
  if (problem) throw new Error(problem);
  // Only now: an older Node may fail to read it.
  const { findBinaries } = await import('../test/support/controlPlane/binaries.ts');
  const { kubeApiserver } = await findBinaries();
  console.log(`Node ${process.version}, ${kubeApiserver}`);
  if (!process.argv.includes('--all')) return;
  const { findHelm } = await import('../test/support/helm/binary.ts');
  const { findPrometheus } = await import('../test/support/prometheus/binaries.ts');
  const { findGrafanaCheck } = await import('../test/support/grafana/check.ts');
  console.log(`${await findHelm()}, ${(await findPrometheus()).prometheus}, ${await findGrafanaCheck()}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});

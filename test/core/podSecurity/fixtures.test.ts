import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { POD_CHECKS } from '../../../src/core/podSecurity/checks.ts';
import { podInput } from '../../../src/core/podSecurity/pod.ts';
import type { Violation } from '../../../src/core/podSecurity/violations.ts';
import { violationsAt, violationsOf } from '../../../src/core/podSecurity/violations.ts';
import type { PodSecurityFixture } from '../../support/podSecurityFixtures.ts';
import { podSecurityFixtures } from '../../support/podSecurityFixtures.ts';

describe('the fixtures of k8s.io/pod-security-admission', () => {
  let fixtures: readonly PodSecurityFixture[] = [];
  const judged = new Map<string, readonly Violation[]>();

  /** Most fixtures are the same in many versions: each content is read once. */
  const violations = ({ path }: PodSecurityFixture): readonly Violation[] => {
    const text = readFileSync(path, 'utf8');
    const known = judged.get(text) ?? violationsOf(podInput(parse(text)));
    judged.set(text, known);
    return known;
  };
  const verdict = (fixture: PodSecurityFixture): readonly Violation[] =>
    violationsAt(violations(fixture), fixture.level, { from: fixture.minor, to: fixture.minor });

  before(function () {
    this.timeout(120_000);
    const found = podSecurityFixtures();
    // With KUBEBUILDER_ASSETS the other tests need no Go; these have their fixtures from nowhere else.
    if (found === undefined) this.skip();
    else fixtures = found;
  });

  it('are all there: both verdicts, both levels, each version', () => {
    const versions = new Set(fixtures.map(({ minor }) => minor));
    expect([...versions].sort((a, b) => a - b)).to.deep.equal([...Array(versions.size).keys()]);
    expect(versions.size).to.be.at.least(36);
    expect(fixtures.length).to.be.at.least(4_241);
  });

  it('pass where they should', () => {
    const wrong = fixtures.filter((fixture) => fixture.passes && verdict(fixture).length > 0);
    expect(wrong.map((fixture) => [fixture.path, verdict(fixture)])).to.deep.equal([]);
  });

  it('fail where they should, by the check that they were written for', () => {
    const wrong = fixtures.filter(
      (fixture) => !fixture.passes && !verdict(fixture).some(({ check }) => isFor(fixture, check)),
    );
    expect(wrong.map((fixture) => [fixture.path, verdict(fixture)])).to.deep.equal([]);
  });

  it('try every check', () => {
    const failing = new Set(fixtures.filter(({ passes }) => !passes).map(({ check }) => check));
    expect(POD_CHECKS.map(({ id }) => id.toLowerCase()).filter((id) => !failing.has(id))).to.deep.equal([]);
  });
});

/** The check itself, or the stricter one that has taken its place: hostPathVolumes is restrictedVolumes by then. */
const isFor = ({ check: name, level }: PodSecurityFixture, check: string): boolean => {
  const found = POD_CHECKS.find(({ id }) => id.toLowerCase() === name);
  if (found === undefined) return false;
  if (found.id === check) return true;
  return level === 'restricted' && found.overriddenFrom !== undefined && SUCCESSORS[found.id] === check;
};

const SUCCESSORS: Readonly<Record<string, string>> = {
  hostPathVolumes: 'restrictedVolumes',
  capabilities_baseline: 'capabilities_restricted',
  seccompProfile_baseline: 'seccompProfile_restricted',
  procMount: 'procMount_restricted',
};

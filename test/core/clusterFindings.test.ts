import { expect } from 'chai';
import type { Finding } from '../../src/core/model/finding.ts';
import { CLUSTER_FINDINGS_LIMIT, clusterRows, clusterToldBy } from '../../src/core/outcome/clusterFindings.ts';
import { condition, status } from './statuses.ts';
import { contribution } from './tallies.ts';

const finding = (name: string, rest: Partial<Finding> = {}): Finding => ({
  control: 'posture.cluster-grants',
  check: 'SB-RBAC-001',
  severity: 'critical',
  result: 'fail',
  ref: { kind: 'ClusterRoleBinding', namespace: '', name },
  reason: 'GrantsEverything',
  message: `${name} grants everything.`,
  ...rest,
});
const unknown = finding('x', { result: 'unknown', reason: 'AuditLogUnknown' });
const warning = finding('x', { result: 'warn', reason: 'AnonymousAccess' });

describe('findings about the whole cluster', () => {
  const fine = contribution();
  const TABLE: readonly (readonly [string, Parameters<typeof status>[0], readonly Finding[], string])[] = [
    ['none', { a: fine }, [], 'True NoFindings'],
    ['a warning', { a: fine }, [warning], 'True NoFindings'],
    ['something unknown', { a: fine }, [unknown, warning], 'Unknown AuditLogUnknown'],
    ['a failure', { a: fine }, [unknown, finding('x')], 'False FindingsPresent'],
    ['a failure while namespaces are to go', { a: 'pending' }, [finding('x')], 'False FindingsPresent'],
    ['something unknown while namespaces are to go', { a: 'pending' }, [unknown], 'Unknown Progressing'],
    [
      'something unknown beside a namespace that fails',
      { a: contribution('drifted') },
      [unknown],
      'False FindingsPresent',
    ],
  ];
  for (const [name, members, cluster, expected] of TABLE) {
    it(`count in Compliant: ${name}`, () => {
      const of = condition(status(members, undefined, undefined, undefined, cluster), 'Compliant');
      expect(`${of?.status} ${of?.reason}`).to.equal(expected);
    });
  }

  it('never make a baseline other than Ready', () => {
    const of = status({ a: fine }, undefined, undefined, undefined, [finding('x')]);
    expect(condition(of, 'Ready')?.status).to.equal('True');
    expect(condition(of, 'Compliant')?.message).to.equal('1 finding about the cluster; see status.clusterFindings');
  });

  it('are in the status where a baseline asks, and only there', () => {
    expect(status({})).not.to.have.property('clusterFindings');
    expect(status({}, undefined, undefined, undefined, []).clusterFindings).to.deep.equal([]);
  });

  it('are twenty at most, worst first, in one order however they came', () => {
    const many = Array.from({ length: 30 }, (_, i) => finding(`b${String(i).padStart(2, '0')}`, { severity: 'high' }));
    const rows = clusterRows([...many, finding('worst'), unknown]);
    expect(rows).to.have.lengthOf(CLUSTER_FINDINGS_LIMIT);
    expect(rows.slice(0, 2).map(({ object }) => object)).to.deep.equal([
      'ClusterRoleBinding worst',
      'ClusterRoleBinding b00',
    ]);
    expect(clusterRows([unknown, ...many.toReversed(), finding('worst')])).to.deep.equal(rows);
  });

  it('are known again by control, reason and object; of more than the status holds nobody can say', () => {
    const isTold = clusterToldBy(clusterRows([finding('x')]));
    expect([finding('x'), finding('y'), unknown].map(isTold)).to.deep.equal([true, false, false]);
    expect(clusterToldBy(undefined)(finding('x'))).to.equal(false);
    const full = clusterRows(Array.from({ length: 30 }, (_, i) => finding(`b${i}`)));
    expect(clusterToldBy(full)(finding('y'))).to.equal(true);
  });
});

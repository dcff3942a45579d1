import { expect } from 'chai';
import fc from 'fast-check';
import { sumOf } from '../../src/operator/posture/metricsText.ts';

const TEXT = `# HELP apiserver_audit_event_total [ALPHA] Counter of audit events generated and sent to the audit backend.
# TYPE apiserver_audit_event_total counter
apiserver_audit_event_total 41
apiserver_audit_event_total{node="a b"} 1.5e+01 1700000000
apiserver_audit_event_total_of_others 900
apiserver_audit_error_total{plugin="log"} 3
apiserver_audit_event_total NaN`;

async function* inPieces(text: string, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (const size of sizes) {
    yield Buffer.from(text.slice(at, at + size));
    at += size;
  }
  yield Buffer.from(text.slice(at));
}

describe('the metrics of an API server', () => {
  it('are summed over the series of one metric, however the text is cut', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 20 }), async (sizes) => {
        expect(await sumOf('apiserver_audit_event_total', inPieces(TEXT, sizes))).to.equal(56);
      }),
    ));

  it('are unknown where there is no such series', async () => {
    expect(await sumOf('apiserver_requests', inPieces(TEXT, []))).to.equal(undefined);
  });
});

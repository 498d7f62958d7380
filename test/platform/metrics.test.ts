import { breakerStates, createMetrics } from '../../platform/metrics.ts';

describe('createMetrics', () => {
  it('something measured of each kind → told to Prometheus under its labels', async () => {
    const metrics = createMetrics('api');
    const line = { province: 'sichuan', system: 'mobile-5g' };
    metrics.httpRequestSeconds.observe({ route: '/v1/users/{id}', method: 'GET', status: 200 }, 0.02);
    metrics.carrierEvents.inc({ ...line, type: 'number.cancelled', outcome: 'accepted' }, 3);
    metrics.signatureFailures.inc(line);
    metrics.activitySeconds.observe({ activity: 'releaseClaim', outcome: 'done' }, 0.3);
    metrics.carrierCallSeconds.observe({ ...line, kind: 'lineQuery', outcome: 'timeout' }, 2);
    metrics.breakerState.set(line, breakerStates.open);

    const text = await metrics.registry.metrics();
    const values = new Map(
      text.split('\n').map((row) => [row.replace(/ [^ ]*$/, ''), row.replace(/^.* /, '')] as const),
    );
    const carrier = 'province="sichuan",system="mobile-5g"';
    const found = (name: string, labels: string) => values.get(`${name}{${labels},service="api"}`);
    const route = 'route="/v1/users/{id}",method="GET",status="200"';
    expect(values.get(`linekeeper_http_request_seconds_bucket{le="0.025",service="api",${route}}`)).toBe('1');
    expect(values.get(`linekeeper_http_request_seconds_bucket{le="0.01",service="api",${route}}`)).toBe('0');
    expect(
      found('linekeeper_carrier_events_total', `${carrier},type="number.cancelled",outcome="accepted"`),
    ).toBe('3');
    expect(found('linekeeper_signature_failures_total', carrier)).toBe('1');
    expect(text).toMatch(/linekeeper_activity_seconds_sum\{.*activity="releaseClaim",outcome="done"\} 0\.3/);
    expect(text).toMatch(/linekeeper_carrier_call_seconds_count\{.*kind="lineQuery",outcome="timeout"\} 1/);
    expect(found('linekeeper_breaker_state', carrier)).toBe('2');
    expect(text).toContain('process_cpu_seconds_total');
  });

  it('two processes in one → each has its own registry', async () => {
    const [one, two] = [createMetrics('api'), createMetrics('worker')];
    one.signatureFailures.inc({ province: 'sichuan', system: 'fixed' });
    expect(await two.registry.metrics()).not.toContain('sichuan');
  });
});

/**
 * Answers a container's health check: exit code 0 when the address answers with 2xx, else 1.
 *
 *     node deploy/probe.mjs http://127.0.0.1:3000/health/ready
 *
 * The images hold no curl; Node is there anyway.
 */
const [address] = process.argv.slice(2);
try {
  // Less than the time-out of the health checks (5 s), so that the reason is printed.
  const answer = await fetch(address, { signal: AbortSignal.timeout(4_000) });
  process.stdout.write(`${answer.status} ${await answer.text()}\n`);
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.cause ?? error) : error}\n`);
  process.exitCode = 1;
}

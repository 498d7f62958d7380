import { freePorts, isPortTaken } from '../servers/free-port.ts';

/** What can be moved to another port, with the variable that moves it and the port where it is otherwise. */
const PORTS = {
  api: { variable: 'LINEKEEPER_API_PORT', standard: 3000, what: 'the API' },
  simulator: { variable: 'LINEKEEPER_SIMULATOR_PORT', standard: 3100, what: 'the province simulator' },
  issuer: { variable: 'LINEKEEPER_ISSUER_PORT', standard: 3200, what: 'the issuer' },
  temporal: { variable: 'LINEKEEPER_TEMPORAL_PORT', standard: 7233, what: 'Temporal' },
  store: { variable: 'LINEKEEPER_STORE_PORT', standard: 27017, what: 'the store' },
} as const;

/** A server whose port can be chosen. */
export type PortName = keyof typeof PORTS;

/** A chosen port for each; 0 asks for a free one. */
export type WantedPorts = Record<PortName, number>;

/** The ports of a stack: the chosen ones, and two that nobody outside needs to know beforehand. */
export type StackPorts = WantedPorts & { worker: number; mail: number };

/** Ports that can't be had; the message names each with its variable. */
class PortsTaken extends Error {
  override readonly name = 'PortsTaken';
}

/** Any free ports, so that several stacks run beside each other. */
export const FREE_PORTS: WantedPorts = { api: 0, simulator: 0, issuer: 0, temporal: 0, store: 0 };

/** Reads the ports from the environment. Throws an `Error` that names the variables that hold no port. */
export function portsFrom(env: NodeJS.ProcessEnv): WantedPorts {
  const faults: string[] = [];
  const read = (name: PortName): number => {
    const { variable, standard } = PORTS[name];
    const text = env[variable];
    if (text === undefined || text === '') return standard;
    if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
      faults.push(`${variable} is not a port (0 to 65535)`);
    return Number(text);
  };
  const ports = {
    api: read('api'),
    simulator: read('simulator'),
    issuer: read('issuer'),
    temporal: read('temporal'),
    store: read('store'),
  };
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return ports;
}

/**
 * Turns the wanted ports into real ones. `needed` are the servers that are started here. Throws `PortsTaken` with all
 * ports that somebody else listens on, or that two servers were given.
 */
export async function resolvePorts(wanted: WantedPorts, needed: readonly PortName[]): Promise<StackPorts> {
  const faults: string[] = [];
  const givenTo = new Map<number, PortName>();
  for (const name of needed) {
    const port = wanted[name];
    if (port === 0) continue;
    const { variable, what } = PORTS[name];
    const other = givenTo.get(port);
    givenTo.set(port, name);
    if (other !== undefined) {
      faults.push(`Port ${port} is given to ${PORTS[other].what} and to ${what}: change ${variable}.`);
    } else if (await isPortTaken(port)) {
      faults.push(
        `Port ${port}, wanted for ${what}, is in use: set ${variable} to another one (0 takes a free one).`,
      );
    }
  }
  if (faults.length > 0) throw new PortsTaken(faults.join('\n'));
  const free = (await freePorts(8)).filter((port) => !givenTo.has(port));
  const next = () => free.pop() ?? 0;
  const choose = (name: PortName) => (wanted[name] === 0 ? next() : wanted[name]);
  return {
    api: choose('api'),
    simulator: choose('simulator'),
    issuer: choose('issuer'),
    temporal: choose('temporal'),
    store: choose('store'),
    worker: next(),
    mail: next(),
  };
}

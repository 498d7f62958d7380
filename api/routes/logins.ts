import { createCodeGate } from '../code-gate.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { createLoginLimits } from '../logins/login-limits.ts';
import type { Route } from '../route.ts';
import { passwordRoutes } from './passwords.ts';
import { sessionRoutes } from './sessions.ts';

/** Logging in, and the passwords by which it is done. */
export function loginRoutes(dependencies: ApiDependencies): Route[] {
  const { store, logins } = dependencies;
  const tools = {
    ...dependencies,
    limits: createLoginLimits({ store, failuresPerAddress: logins.failuresPerAddress }),
    lifetime: logins.sessionLifetime,
    passByCode: createCodeGate(dependencies),
  };
  return [...sessionRoutes(tools), ...passwordRoutes(tools)];
}

import { createVerdicts } from '../../verdicts/verdicts.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { createLoginLimits } from '../logins/login-limits.ts';
import type { Route } from '../route.ts';
import { passwordRoutes } from './passwords.ts';
import { sessionRoutes } from './sessions.ts';

/** Logging in, and the passwords by which it is done. */
export function loginRoutes(dependencies: ApiDependencies): Route[] {
  const { store, logins, workflows } = dependencies;
  const { passByCode } = createVerdicts({ ...dependencies, wakeNumber: workflows.wakeNumber });
  const tools = {
    ...dependencies,
    limits: createLoginLimits({ store, failuresPerAddress: logins.failuresPerAddress }),
    lifetime: logins.sessionLifetime,
    passByCode,
  };
  return [...sessionRoutes(tools), ...passwordRoutes(tools)];
}

import type { ApiDependencies } from './dependencies.ts';
import type { Route } from './route.ts';
import { accountRoutes } from './routes/accounts.ts';
import { auditRoutes } from './routes/audit.ts';
import { carrierEventRoutes } from './routes/carrier-events.ts';
import { closingRoutes } from './routes/closings.ts';
import { identityRoutes } from './routes/identities.ts';
import { importRoutes } from './routes/imports.ts';
import { loginRoutes } from './routes/logins.ts';
import { nameRoutes } from './routes/names.ts';
import { numberRoutes } from './routes/numbers.ts';
import { phoneChangeRoutes } from './routes/phone-changes.ts';
import { registrationRoutes } from './routes/registrations.ts';
import { userRoutes } from './routes/users.ts';
import { verificationCodeRoutes } from './routes/verification-codes.ts';

/**
 * All routes, file by file. To add some, write `api/routes/<word>.ts` after the example of `users.ts` and name it
 * here: it is served, guarded, measured and described in OpenAPI from then on.
 */
export function routesOf(dependencies: ApiDependencies): Route[] {
  return [
    ...carrierEventRoutes(dependencies),
    ...numberRoutes(dependencies),
    ...userRoutes(dependencies),
    ...nameRoutes(dependencies),
    ...identityRoutes(dependencies),
    ...accountRoutes(dependencies),
    ...closingRoutes(dependencies),
    ...phoneChangeRoutes(dependencies),
    ...verificationCodeRoutes(dependencies),
    ...registrationRoutes(dependencies),
    ...importRoutes(dependencies),
    ...auditRoutes(dependencies),
    ...loginRoutes(dependencies),
  ];
}

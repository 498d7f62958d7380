import { deploymentFaults } from './deployment/check.ts';

/** `npm run check:compose`: prints what is wrong with the deployment files and fails, or is silent. */
const faults = deploymentFaults(process.cwd());
for (const fault of faults) {
  console.error(fault);
}
process.exitCode = faults.length === 0 ? 0 : 1;

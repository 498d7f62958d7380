import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { bundlePath, bundleWorkflows } from './bundle.ts';

/** Builds the workflow bundle of a release. */
const { code } = await bundleWorkflows();
mkdirSync(dirname(bundlePath), { recursive: true });
writeFileSync(bundlePath, code);

import express, { type Router } from 'express';
import { z } from 'zod';
import type { Calls } from '../carrier/calls.ts';
import type { SimulatorConfig } from '../config.ts';
import { type FaultBoard, faultsSchema } from '../faults.ts';
import { Problem, read } from '../problem.ts';

const callsQuery = z.strictObject({ province: z.string().optional() });

/** What the controls of whole provinces stand on. */
export interface ProvinceControlParts {
  readonly config: SimulatorConfig;
  readonly faults: FaultBoard;
  readonly calls: Calls;
}

/** `/_sim/faults/{province}` and `/_sim/calls`: lets provinces fail, and counts what they were asked. */
export function provinceControls({ config, faults, calls }: ProvinceControlParts): Router {
  const router = express.Router();

  function known(province: string): string {
    if (!Object.hasOwn(config.provinces, province)) {
      throw new Problem(404, 'province_not_found', 'There is no province of that id');
    }
    return province;
  }

  router.get('/faults/:province', (request, response) => {
    const province = known(request.params.province);
    response.json({ province, faults: faults.of(province) });
  });

  router.put('/faults/:province', (request, response) => {
    const province = known(request.params.province);
    faults.set(province, read(faultsSchema, request.body));
    response.json({ province, faults: faults.of(province) });
  });

  router.get('/calls', (request, response) => {
    const { province } = read(callsQuery, request.query);
    const counted = calls.counted(province === undefined ? null : known(province));
    response.json({ province: province ?? null, ...counted });
  });

  return router;
}

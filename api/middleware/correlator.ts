import type { RequestHandler } from 'express';
import {
  CORRELATOR_HEADER,
  isCorrelator,
  newCorrelator,
  runWithCorrelator,
} from '../../platform/correlator.ts';
import { Problem } from '../problem.ts';

/**
 * Gives every request a correlator, the caller's or a new one, and every answer the same one back. An empty header
 * counts as none: it would lead nobody from one log to another.
 */
export const correlate: RequestHandler = (request, response, next) => {
  const sent = request.get(CORRELATOR_HEADER) ?? '';
  const correlator = sent !== '' && isCorrelator(sent) ? sent : newCorrelator();
  response.setHeader(CORRELATOR_HEADER, correlator);
  runWithCorrelator(correlator, () => next());
};

/** Refuses a correlator that is none; apart from the above, so that such requests are measured and logged too. */
export const refuseBadCorrelator: RequestHandler = (request, _response, next) => {
  if (!isCorrelator(request.get(CORRELATOR_HEADER) ?? '')) {
    const message = 'Not of the form ^[a-zA-Z0-9-_:;./<>{}]{0,256}$';
    throw new Problem('correlator_invalid', { errors: [{ parameter: CORRELATOR_HEADER, message }] });
  }
  next();
};

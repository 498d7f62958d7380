import { CarrierUnavailable } from '../../carriers/gateway.ts';

/** What tests ask about, and by which secrets; none of it may be in an error. */
const UNSPEAKABLE = /138123|110105|小明|sesame|token-\d/;

/** Why a question got no reply; fails the test when there was one, or when the error tells what was asked. */
export async function failureOf(asked: Promise<unknown>): Promise<CarrierUnavailable> {
  const error = await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CarrierUnavailable)) {
    throw new Error('expected CarrierUnavailable');
  }
  expect(`${error.stack}${JSON.stringify(error)}`).not.toMatch(UNSPEAKABLE);
  return error;
}

import { Connection, ServiceError } from '@temporalio/client';
import { mongo } from 'mongoose';
import { problemOf } from '../../api/errors.ts';
import { Problem } from '../../api/problem.ts';

describe('problemOf', () => {
  it('a problem → itself', () => {
    const problem = new Problem('user_not_found');
    expect(problemOf(problem)).toBe(problem);
  });

  it.each([
    ['cannot be reached', new mongo.MongoNetworkError('connect ECONNREFUSED 10.0.0.7:27017')],
    ['cannot be chosen', new mongo.MongoNetworkTimeoutError('10.0.0.7:27017 timed out')],
    ['was closed', new mongo.MongoNotConnectedError('Client must be connected')],
  ])('a store that %s → temporarily_unavailable, without its address', (_, error) => {
    const problem = problemOf(error);
    expect([problem.code, problem.headers]).toEqual(['temporarily_unavailable', { 'retry-after': '5' }]);
    expect(problem.message).not.toMatch(/10\.0\.0\.7/);
  });

  it('a workflow server that does not answer → temporarily_unavailable', async () => {
    const connection = Connection.lazy({ address: '127.0.0.1:9' });
    const call = connection.withDeadline(Date.now() + 100, () =>
      connection.workflowService.getSystemInfo({}),
    );
    const error: unknown = await call.catch((reason: unknown) => reason);
    await connection.close();
    expect(error).toBeInstanceOf(Error);
    expect(problemOf(error).code).toBe('temporarily_unavailable');
  });

  it.each([
    [
      'a duplicate key, which quotes its value',
      new mongo.MongoServerError({ code: 11000, message: 'dup key: { phone: "+8613800138000" }' }),
    ],
    ['an error of the workflow server that is none of its silence', new ServiceError('Failed to describe')],
    ['an error of ours', new TypeError("Cannot read properties of undefined (reading '+8613800138000')")],
    ['no error at all', 'text'],
    ['nothing', undefined],
  ])('%s → internal_error that says nothing of it', (_, error) => {
    const problem = problemOf(error);
    expect([problem.code, problem.message]).toEqual(['internal_error', 'Something went wrong here']);
  });
});

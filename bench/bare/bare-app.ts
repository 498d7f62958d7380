import express, { type Express } from 'express';

/** Express with nothing but what a bench reads of its process. */
export function bareApp(): Express {
  const app = express();
  app.get('/metrics', (_request, response) => {
    const { user, system } = process.cpuUsage();
    response.send(
      `process_cpu_seconds_total ${(user + system) / 1e6}\nprocess_resident_memory_bytes ${process.memoryUsage.rss()}\n`,
    );
  });
  return app;
}

import { z } from 'zod';
import type { Parsed } from '../domain/parsed.ts';

/** A schema of texts that one of the domain's parsers accepts; gives the value that the text stands for. */
export function parsedText<T>(parse: (text: string) => Parsed<T>) {
  return z.string().transform((text, context): T => {
    const result = parse(text);
    if (result.ok) {
      return result.value;
    }
    context.addIssue({ code: 'custom', message: result.detail });
    return z.NEVER;
  });
}

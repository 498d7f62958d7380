import { dictionary } from '@zxcvbn-ts/language-common';
import { foldCase } from '../domain/letter-case.ts';

/**
 * The 49,000 most frequent passwords of known breaches: the list `passwords-common` of the package
 * `@zxcvbn-ts/language-common` (MIT licence). Unpacking it takes a process 20 ms and some 5 MB once; a look-up is one
 * of a set.
 */
const common: ReadonlySet<string> = new Set(dictionary['passwords-common'].map(foldCase));

/** What Chinese users choose first that the list, which is mostly of English sites, lacks. */
const commonInChina: ReadonlySet<string> = new Set([
  'woaini',
  'woaini1314',
  'woaini520',
  'woaini521',
  '5201314',
  '1314520',
  '7758521',
  '7758258',
  'aini1314',
  'wodemima',
  'mima',
  'zhongguo',
  'laopo',
  'laogong',
  'linekeeper',
]);

/** Whether a text, in the form that `foldCase` gives, is among the passwords that are tried first. */
export const isCommonPassword = (folded: string): boolean => common.has(folded) || commonInChina.has(folded);

import { exactRepeats } from './methods/exact-repeats.ts';
import { headAndTail } from './methods/head-and-tail.ts';

/* A plain method in a process of its own, so that its memory can be measured: `METHOD FILE TOKENS`, result on stdout. */

const methods = { 'head-and-tail': headAndTail, 'exact-repeats': exactRepeats };

const [name = '', file = '', tokens = ''] = process.argv.slice(2);
if (!(name in methods)) throw new Error(`There is no plain method ${name}.`);
process.stdout.write(methods[name as keyof typeof methods](file, Number(tokens)));

#!/usr/bin/env node
// The `longrun` command. It loads the TypeScript sources as they are; everything else is in cli.ts.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const rootFolder = new URL('..', import.meta.url);

if (!existsSync(new URL('node_modules/tsx', rootFolder))) {
  process.stderr.write(`Longrun is not set up yet: run \`node scripts/set-up.mjs\` in ${fileURLToPath(rootFolder)}\n`);
  process.exitCode = 1;
} else {
  const { register } = await import('tsx/esm/api');
  register({ tsconfig: fileURLToPath(new URL('tsconfig.json', rootFolder)) });
  const { main } = await import('./cli.ts');
  process.exitCode = await main(process.argv.slice(2));
}

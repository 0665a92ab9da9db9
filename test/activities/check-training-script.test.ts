import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { checkTrainingScript, type ScriptCheck } from '../../activities/check-training-script.ts';
import { anExperiment } from '../support/builders.ts';
import { folderContent } from '../support/folder-content.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hostDependencies } from '../support/training.ts';

describe('checkTrainingScript', () => {
  const folder = temporaryFolder();

  async function check(script: string): Promise<ScriptCheck> {
    const dependencies = hostDependencies(folder());
    const reference = await dependencies.artifacts.folder('digits').write('trials/001/versions/train-1.py', script);
    return await checkTrainingScript(dependencies, { experiment: anExperiment(), script: reference });
  }

  describe('the check of a training script', () => {
    it('finds a script that compiles', async () => {
      assert.deepEqual(await check('import longrun\n\nprint("ü")\n'), { kind: 'compiles', declaresPackages: false });
    });

    it('says whether the script declares packages', async () => {
      const script = '# /// script\n# dependencies = ["einops"]\n# ///\nimport einops\n';
      assert.deepEqual(await check(script), { kind: 'compiles', declaresPackages: true });
    });

    it('names the line of a syntax error', async () => {
      const result = await check('import longrun\n\nfor step in range(3)\n    print(step)\n');
      assert.ok(result.kind === 'syntaxError');
      assert.match(result.excerpt, /line 3\n.*for step in range\(3\)/);
    });

    it('names the line of a wrong indentation', async () => {
      const result = await check('x = 1\nif x:\nprint(x)\n');
      assert.ok(result.kind === 'syntaxError');
      assert.match(result.excerpt, /IndentationError.*line [23]/s);
    });

    it('takes bytes that no script may hold for an error of the script', async () => {
      assert.equal((await check('x = 1\0\n')).kind, 'syntaxError');
    });

    it('runs nothing of the script', async () => {
      const trace = join(folder(), 'trace');
      assert.deepEqual(await check(`open(${JSON.stringify(trace)}, "w").close()\nraise SystemExit(1)\n`), {
        kind: 'compiles',
        declaresPackages: false,
      });
      await assert.rejects(access(trace), /ENOENT/);
    });

    it('does not tell where on the host it was made', async () => {
      const result = await check('x = (\n');
      assert.ok(result.kind === 'syntaxError');
      assert.ok(!result.excerpt.includes(folder()), result.excerpt);
    });

    it('leaves nothing behind on the host', async () => {
      await check('x = 1\n');
      await check('x = (\n');
      assert.deepEqual(await folderContent(join(folder(), 'state')), {});
    });
  });
});

import assert from 'node:assert/strict';
import { finalError } from '../../workflows/domain/final-error.ts';
import * as outputs from '../support/outputs-of-failures.ts';

describe('the final error of an output', () => {
  it('is the message of its last traceback, without the frames', () => {
    const error = finalError(outputs.torchOutOfGpuMemory + outputs.valueError);
    assert.equal(error, 'ValueError: shapes (3,) and (4,) do not fit\n');
  });

  it('has several lines where the message has', () => {
    const error = finalError(outputs.cudaError('unknown error'));
    assert.match(error ?? '', /^RuntimeError: CUDA error: unknown error\nCUDA kernel errors/);
  });

  it('begins with the exceptions that it was raised from', () => {
    const error = finalError(outputs.valueError + outputs.loaderOutOfSharedMemory);
    assert.match(error ?? '', /^RuntimeError: DataLoader worker \(pid 7579\) is killed[\s\S]*\(pid\(s\) 7579\) exited/);
  });

  it('does not begin with an exception whose handling failed', () => {
    const handling = 'During handling of the above exception, another exception occurred:';
    const error = finalError(`${outputs.torchOutOfGpuMemory}\n${handling}\n\n${outputs.valueError}`);
    assert.equal(error, 'ValueError: shapes (3,) and (4,) do not fit\n');
  });

  it('is that of the child where a launcher repeats that a child failed', () => {
    assert.match(finalError(outputs.torchrunOutOfGpuMemory) ?? '', /^torch\.OutOfMemoryError: CUDA out of memory/);
  });

  it('is what native code said when it ended the process', () => {
    assert.match(finalError(outputs.torchAbort('some error')) ?? '', /what\(\): {2}CUDA error: some error/);
  });

  it('is no error at all that native code ended the process after', () => {
    assert.equal(finalError(outputs.valueError + outputs.aborted), 'Fatal Python error: Aborted');
  });

  it('is read with the line ends of another system', () => {
    const error = finalError(outputs.valueError.replaceAll('\n', '\r\n'));
    assert.equal(error, 'ValueError: shapes (3,) and (4,) do not fit\n');
  });

  it('is at most 4000 characters of a message, since any script may write it', () => {
    const error = finalError(`${outputs.valueError.trimEnd()}${'x'.repeat(100_000)}`);
    assert.deepEqual([error?.length, error?.startsWith('ValueError: shapes')], [4_000, true]);
  });

  const none: [sentence: string, output: string][] = [
    ['there is no traceback', 'step 1: loss=2\nMemoryError\n'],
    ['the script logged after it', `${outputs.valueError}step 8: loss=2\n`],
    ['the script printed its metric after it', `${outputs.valueError}METRIC val_error=2\n`],
    ['the script finished after it', `${outputs.valueError}finished: val_error=2\n`],
    ['it was only about a log message', `--- Logging error ---\n${outputs.valueError}`],
    ['it came from a function called at the exit', `Error in atexit._run_exitfuncs:\n${outputs.valueError}`],
    ['it came from a thread', `Exception in thread Thread-1 (watch):\n${outputs.valueError}`],
    ['it came from the interpreter’s end', outputs.asideAtExit],
    ['there is nothing', ''],
  ];
  for (const [sentence, output] of none) {
    it(`is none where ${sentence}`, () => assert.equal(finalError(output), null));
  }
});

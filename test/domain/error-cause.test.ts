import assert from 'node:assert/strict';
import { errorCause, type ErrorCause } from '../../workflows/domain/error-cause.ts';
import { finalError } from '../../workflows/domain/final-error.ts';
import * as outputs from '../support/outputs-of-failures.ts';

function causeIn(output: string): ErrorCause | null {
  return errorCause(finalError(output) ?? '');
}

const table: Record<ErrorCause, [source: string, output: string][]> = {
  outOfGpuMemory: [
    ['PyTorch', outputs.torchOutOfGpuMemory],
    ['PyTorch, with errors of its end below', outputs.torchOutOfGpuMemory + outputs.asideAtExit],
    ['PyTorch, behind a progress bar', outputs.torchOutOfGpuMemory.replace('Traceback', ' 50%|███   | 5/10 Traceback')],
    ['PyTorch, after another error that was survived', outputs.valueError + outputs.torchOutOfGpuMemory],
    ['PyTorch, below 100 KB of frames', outputs.torchOutOfGpuMemory.replace('main()', 'main()\n    '.repeat(10_000))],
    ['PyTorch on ROCm', outputs.torchOutOfGpuMemory.replace('CUDA out', 'HIP out')],
    ['another allocator of PyTorch’s', outputs.traceback('torch.OutOfMemoryError: Allocation on device')],
    ['CuPy', outputs.traceback('cupy.cuda.memory.OutOfMemoryError: Out of memory allocating 290,488,467,456 bytes')],
    ['CUDA', outputs.cudaError('out of memory')],
    [
      'the driver of CUDA',
      outputs.traceback('numba.CudaAPIError: [2] Call to cuMemAlloc results in CUDA_ERROR_OUT_OF_MEMORY'),
    ],
    ['cuBLAS', outputs.cublasOutOfMemory],
    ['JAX', outputs.jaxOutOfGpuMemory],
    ['TensorFlow', outputs.tensorflowOutOfGpuMemory],
    ['a child of torchrun', outputs.torchrunOutOfGpuMemory],
  ],
  outOfHostMemory: [
    ['Python', outputs.pythonOutOfMemory],
    ['numpy', outputs.numpyOutOfMemory],
    ['PyTorch on a CPU', outputs.torchOutOfHostMemory],
    ['JAX on a CPU', outputs.jaxOutOfHostMemory],
    ['TensorFlow on a CPU', outputs.tensorflowOutOfGpuMemory.replaceAll('device:GPU', 'device:CPU')],
    ['C++', outputs.badAlloc],
    ['the system', outputs.traceback('OSError: [Errno 12] Cannot allocate memory')],
    [
      'a killed process of PyTorch’s',
      outputs.traceback('ProcessExitedException: process 0 terminated with signal SIGKILL'),
    ],
    ['a killed child of torchrun', outputs.torchrunSignal('9 (SIGKILL)')],
    ['a killed worker of joblib’s', outputs.lokyWorkerKilled],
    ['a killed worker of a data loader', outputs.loaderWorkerKilled],
  ],
  sharedMemoryFull: [
    ['a bus error of a data loader', outputs.loaderOutOfSharedMemory],
    ['PyTorch', outputs.torchSharedMemoryFull],
    ['a file there', outputs.traceback("OSError: [Errno 28] No space left on device: '/dev/shm/cache'")],
    ['a child of torchrun', outputs.torchrunSignal('7 (SIGBUS)')],
  ],
  fileTooLarge: [['Python', outputs.fileTooLarge]],
  noSpaceLeft: [
    ['Python', outputs.noSpaceLeft],
    ['a quota', outputs.traceback("OSError: [Errno 122] Disk quota exceeded: 'features.npy'")],
    ['a checkpoint of PyTorch’s', outputs.torchSaveWithoutSpace],
    [
      'its writer',
      outputs.traceback('RuntimeError: PytorchStreamWriter failed writing file data/0: file write failed'),
    ],
  ],
  gpuKernelFailed: [
    ['an assert on the device', outputs.cudaError('device-side assert triggered')],
    ['an address on the device', outputs.cudaError('an illegal memory access was encountered')],
    ['an abort', outputs.torchAbort('device-side assert triggered')],
    ['an Xid error of the program', outputs.cudaError('unspecified launch failure; NVRM: Xid (PCI:0000:79:00): 31, x')],
  ],
  deviceFault: [
    ['memory', outputs.cudaError('uncorrectable ECC error encountered')],
    [
      'memory, by the driver',
      outputs.traceback('InternalError: cuDevicePrimaryCtxRetain: CUDA_ERROR_ECC_UNCORRECTABLE'),
    ],
    ['memory, by an abort', outputs.torchAbort('uncorrectable ECC error encountered')],
    ['no device', outputs.cudaError('no CUDA-capable device is detected')],
    ['a busy device', outputs.cudaError('all CUDA-capable devices are busy or unavailable')],
    ['a busy device, in newer words', outputs.cudaError('CUDA-capable device(s) is/are busy or unavailable')],
    ['the bus', outputs.cudaError('unknown error; NVRM: GPU 0000:3b:00.0: GPU has fallen off the bus.')],
    ['Xid 119', outputs.cudaError('unspecified launch failure; NVRM: Xid (PCI:0000:0f:00): 119, pid=1234')],
  ],
};

describe('the cause of an error', () => {
  for (const [cause, sources] of Object.entries(table)) {
    describe(`is ${cause}`, () => {
      for (const [source, output] of sources) {
        it(`by the words of ${source}`, () => assert.equal(causeIn(output), cause));
      }
    });
  }

  const ownAffairs: [sentence: string, output: string][] = [
    ['an error has no other', outputs.valueError],
    ['another error was survived', outputs.torchOutOfGpuMemory + outputs.valueError],
    ['the words were only printed, before another error', `CUDA out of memory, retrying\n${outputs.valueError}`],
    ['the words were only printed', 'uncorrectable ECC error\nNo space left on device\nMemoryError\n'],
    ['the error was survived', `${outputs.torchOutOfGpuMemory}step 7: loss=1\ngiving up\n`],
    ['another error follows on the way out', outputs.valueError + outputs.asideAtExit],
    ['CUDA does not say more', outputs.cudaError('unknown error')],
    ['native code does not say more', outputs.segmentationFault],
  ];
  for (const [sentence, output] of ownAffairs) {
    it(`is the script’s own affair where ${sentence}`, () => assert.equal(causeIn(output), null));
  }
});

export type ErrorCause =
  | 'deviceFault'
  | 'outOfHostMemory'
  | 'outOfGpuMemory'
  | 'sharedMemoryFull'
  | 'fileTooLarge'
  | 'noSpaceLeft'
  | 'gpuKernelFailed';

/**
 * In the order in which they count. Where an error names host and GPU memory alike, the framework's own words decide:
 * XLA says "Out of memory allocating" of the host's and "Out of memory while trying to allocate" of the GPU's.
 */
const causes: readonly (readonly [ErrorCause, RegExp])[] = [
  ['deviceFault', /uncorrectable (?:ECC|NVLink) error|CUDA_ERROR_ECC_UNCORRECTABLE/i],
  ['deviceFault', /no CUDA-capable device|CUDA-capable device(?:s are|\(s\) is\/are) busy or unavailable/i],
  ['deviceFault', /fallen off the bus/i],
  // The numbers that NVIDIA's catalogue of Xid errors gives for broken memory, bus, or system processor.
  ['deviceFault', /\bXid(?: \([^)\n]{1,40}\))?:? (?:48|63|64|79|94|95|119)\b/],

  ['outOfHostMemory', /^[\w.]*(?<!OutOf)MemoryError\b/m],
  ['outOfHostMemory', /\bstd::bad_alloc\b|DefaultCPUAllocator: (?:can't allocate|not enough) memory/],
  ['outOfHostMemory', /\[Errno 12\] Cannot allocate memory|RESOURCE_EXHAUSTED: Out of memory allocating/],
  ['outOfHostMemory', /OOM when allocating tensor[^\n]{0,300}device:CPU/],
  // A process that a script started was killed, as the kernel does when memory runs out.
  ['outOfHostMemory', /DataLoader worker \(pid[^\n]{0,40}\) is killed by signal: Killed/],
  ['outOfHostMemory', /exit codes of the workers are \{[^}\n]{0,200}SIGKILL|terminated with signal SIGKILL/],
  ['outOfHostMemory', /Signal 9 \(SIGKILL\) received by PID/],

  ['outOfGpuMemory', /^[\w.]*OutOfMemoryError\b/m],
  ['outOfGpuMemory', /\b(?:CUDA|HIP|XPU|MPS)\b[^\n]{0,40}\bout of memory|CUDA_ERROR_OUT_OF_MEMORY/i],
  ['outOfGpuMemory', /\bCU[A-Z]{3,6}_STATUS_ALLOC_FAILED/],
  ['outOfGpuMemory', /RESOURCE_EXHAUSTED|OOM when allocating tensor/],

  ['sharedMemoryFull', /is killed by signal: Bus error|Signal 7 \(SIGBUS\) received by PID/],
  ['sharedMemoryFull', /unable to (?:write to file|allocate shared memory)[^\n]{0,40}<\/torch_/],
  ['sharedMemoryFull', /No space left on device: '\/(?:dev\/shm|psm_)/],
  ['fileTooLarge', /File too large/],
  ['noSpaceLeft', /No space left on device|Disk quota exceeded/],
  // `torch.save` keeps the reason of a failed write to itself; a full disk is the usual one.
  ['noSpaceLeft', /PytorchStreamWriter failed writing file|inline_container\.cc[^\n]{0,20}unexpected pos/],

  ['gpuKernelFailed', /device-side assert triggered|illegal (?:memory access|instruction) was encountered/],
  [
    'gpuKernelFailed',
    /unspecified launch failure|CUDA error: misaligned address|CUDA_ERROR_(?:ILLEGAL_ADDRESS|ASSERT)/,
  ],
];

/** What an error message says about its cause; null where it is the script's own affair. */
export function errorCause(message: string): ErrorCause | null {
  return causes.find(([, pattern]) => pattern.test(message))?.[0] ?? null;
}

/** What real libraries print when they fail: the ends of outputs, with the folders shortened. */

export const numpyOutOfMemory = `step 100: train_loss=0.41
Traceback (most recent call last):
  File "/work/train.py", line 14, in <module>
    distances = numpy.ones((10**6, 10**7))
                ^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3/dist-packages/numpy/_core/numeric.py", line 232, in ones
    a = empty(shape, dtype, order, device=device)
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
numpy._core._exceptions._ArrayMemoryError: Unable to allocate 72.8 TiB for an array with shape (1000000, 10000000) and data type float64
`;

export const pythonOutOfMemory = `Traceback (most recent call last):
  File "/work/train.py", line 3, in <module>
    cache = bytearray(10**15)
            ^^^^^^^^^^^^^^^^^
MemoryError
`;

export const torchOutOfHostMemory = `Traceback (most recent call last):
  File "/work/train.py", line 40, in <module>
    scores = torch.matmul(query, key.transpose(-1, -2))
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
RuntimeError: [enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 237949750272 bytes. Error code 12 (Cannot allocate memory)
`;

export const jaxOutOfHostMemory = `Traceback (most recent call last):
  File "/work/train.py", line 21, in <module>
    visibilities = transform(image)
                   ^^^^^^^^^^^^^^^^
jax.errors.JaxRuntimeError: RESOURCE_EXHAUSTED: Out of memory allocating 85898814480 bytes.
--------------------
For simplicity, JAX has removed its internal frames from the traceback of the following exception. Set JAX_TRACEBACK_FILTERING=off to include these.
`;

export const badAlloc = `terminate called after throwing an instance of 'std::bad_alloc'
  what():  std::bad_alloc
Fatal Python error: Aborted

Current thread 0x00007feaf4e91b80 (most recent call first):
  File "/work/train.py", line 12 in main
  File "/work/train.py", line 30 in <module>
`;

export const lokyWorkerKilled = `Traceback (most recent call last):
  File "/work/train.py", line 4, in <module>
    Parallel(n_jobs=2)(delayed(fit)(fold) for fold in range(4))
  File "/usr/lib/python3/dist-packages/joblib/parallel.py", line 795, in _return_or_raise
    raise self._result
joblib.externals.loky.process_executor.TerminatedWorkerError: A worker process managed by the executor was unexpectedly terminated. This could be caused by a segmentation fault while calling the function or by an excessive memory usage causing the Operating System to kill the worker.

The exit codes of the workers are {SIGKILL(-9)}
Detailed tracebacks of the workers should have been printed to stderr in the executor process if faulthandler was not disabled.
`;

export const loaderWorkerKilled = `Traceback (most recent call last):
  File "/work/train.py", line 51, in <module>
    for images, labels in loader:
  File "/usr/lib/python3/dist-packages/torch/utils/data/_utils/signal_handling.py", line 73, in handler
    _error_if_any_worker_fails()
RuntimeError: DataLoader worker (pid 19597) is killed by signal: Killed. 
`;

export const torchOutOfGpuMemory = `step 20: train_loss=2.1
Traceback (most recent call last):
  File "/work/train.py", line 88, in <module>
    main()
  File "/usr/lib/python3/dist-packages/torch/nn/functional.py", line 5525, in multi_head_attention_forward
    attn_output_weights = torch.bmm(q_scaled, k.transpose(-2, -1))
                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 324.00 MiB. GPU 0 has a total capacity of 7.63 GiB of which 91.25 MiB is free. Including non-PyTorch memory, this process has 7.52 GiB memory in use. Of the allocated memory 7.29 GiB is allocated by PyTorch, and 74.34 MiB is reserved by PyTorch but unallocated. If reserved but unallocated memory is large try setting PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True to avoid fragmentation.  See documentation for Memory Management  (https://pytorch.org/docs/stable/notes/cuda.html#environment-variables)
`;

/** PyTorch appends the same advice to every CUDA error; its word "assertions" is no assertion. */
const cudaAdvice = `CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.
For debugging consider passing CUDA_LAUNCH_BLOCKING=1
Compile with \`TORCH_USE_CUDA_DSA\` to enable device-side assertions.
`;

/** The traceback of a CUDA error as PyTorch raises it. */
export function cudaError(message: string): string {
  return `Traceback (most recent call last):
  File "/work/train.py", line 61, in <module>
    loss.backward()
RuntimeError: CUDA error: ${message}
${cudaAdvice}`;
}

export const cublasOutOfMemory = `Traceback (most recent call last):
  File "/work/train.py", line 33, in forward
    return F.linear(input, self.weight, self.bias)
RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling \`cublasCreate(handle)\`
`;

export const jaxOutOfGpuMemory = `Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/jax/_src/dispatch.py", line 895, in _execute_compiled
    out_flat = compiled.execute(in_flat)
jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 4770354232 bytes.
BufferAssignment OOM Debugging.
BufferAssignment stats:
             parameter allocation:  372.76MiB
                 total allocation:   14.44GiB
The stack trace below excludes JAX-internal frames.
The preceding is the original exception that occurred, unmodified.

--------------------

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/work/train.py", line 720, in <module>
    state = update(state, batch)
jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 4770354232 bytes.
`;

export const tensorflowOutOfGpuMemory = `Traceback (most recent call last):
  File "/work/train.py", line 45, in <module>
    model.fit(images, labels)
tensorflow.python.framework.errors_impl.ResourceExhaustedError: {{function_node __wrapped__Conv2D_device_/job:localhost/replica:0/task:0/device:GPU:0}} OOM when allocating tensor with shape[200,75,75,64] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc [Op:Conv2D]
`;

/** `torchrun` repeats the failure of its child, without the reason. */
export const torchrunOutOfGpuMemory = `[rank0]: Traceback (most recent call last):
[rank0]:   File "/work/worker.py", line 12, in <module>
[rank0]:     model(batch)
[rank0]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.35 GiB. GPU 0 has a total capacity of 15.89 GiB of which 375.12 MiB is free.
Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/torch/distributed/launcher/api.py", line 269, in launch_agent
    raise ChildFailedError(
torch.distributed.elastic.multiprocessing.errors.ChildFailedError: 
============================================================
worker.py FAILED
------------------------------------------------------------
Root Cause (first observed failure):
[0]:
  rank      : 0 (local_rank: 0)
  exitcode  : 1 (pid: 20)
============================================================
Traceback (most recent call last):
  File "/work/train.py", line 9, in <module>
    subprocess.run(["torchrun", "--nproc-per-node=2", "worker.py"], check=True)
subprocess.CalledProcessError: Command '['torchrun', '--nproc-per-node=2', 'worker.py']' returned non-zero exit status 1.
`;

/** `torchrun` on a child that a signal ended. */
export function torchrunSignal(signal: string): string {
  return `Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/torch/distributed/launcher/api.py", line 269, in launch_agent
    raise ChildFailedError(
torch.distributed.elastic.multiprocessing.errors.ChildFailedError: 
==================================================
train.py FAILED
--------------------------------------------------
Root Cause (first observed failure):
[0]:
  rank      : 4 (local_rank: 0)
  error_file: <N/A>
  traceback : Signal ${signal} received by PID 10
==================================================
`;
}

/** The second error names no cause; it is chained to the one that does. */
export const loaderOutOfSharedMemory = `ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).
Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/torch/utils/data/dataloader.py", line 1132, in _try_get_data
    data = self._data_queue.get(timeout=timeout)
  File "/usr/lib/python3/dist-packages/torch/utils/data/_utils/signal_handling.py", line 66, in handler
    _error_if_any_worker_fails()
RuntimeError: DataLoader worker (pid 7579) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory. Please try to raise your shared memory limit.

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/work/train.py", line 245, in <module>
    main()
RuntimeError: DataLoader worker (pid(s) 7579) exited unexpectedly
`;

export const torchSharedMemoryFull = `Traceback (most recent call last):
  File "/work/train.py", line 30, in <module>
    for batch in loader:
RuntimeError: Caught RuntimeError in DataLoader worker process 0.
Original Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/torch/storage.py", line 525, in _share_fd_cpu_
    return super()._share_fd_cpu_(*args, **kwargs)
RuntimeError: unable to write to file </torch_169035_1920244589_10>: No space left on device (28)
`;

export const busError = `Fatal Python error: Bus error

Current thread 0x00007ff9f6c56b80 (most recent call first):
  File "/work/train.py", line 2 in <module>
`;

export const fileTooLarge = `Traceback (most recent call last):
  File "/work/train.py", line 18, in <module>
    file.write(block)
OSError: [Errno 27] File too large
`;

export const noSpaceLeft = `Traceback (most recent call last):
  File "/work/train.py", line 18, in <module>
    numpy.save("features.npy", features)
OSError: [Errno 28] No space left on device
`;

export const torchSaveWithoutSpace = `Traceback (most recent call last):
  File "/work/train.py", line 70, in save
    torch.save(state, path)
  File "/usr/lib/python3/dist-packages/torch/serialization.py", line 784, in __exit__
    self.file_like.write_end_of_file()
RuntimeError: [enforce fail at inline_container.cc:603] . unexpected pos 704 vs 598
`;

export const segmentationFault = `step 9: train_loss=1.2
Fatal Python error: Segmentation fault

Current thread 0x00007f268b62eb80 (most recent call first):
  File "/work/train.py", line 3 in main
  File "/work/train.py", line 4 in <module>

Extension modules: numpy._core._multiarray_umath, numpy.linalg._umath_linalg (total: 2)
`;

export const aborted = `python: ../src/buffer.c:88: release: Assertion \`count > 0' failed.
Fatal Python error: Aborted

Current thread 0x00007feaf4e91b80 (most recent call first):
  File "/work/train.py", line 1 in <module>
`;

/** The abort of a thread of PyTorch's, whose last words say why. */
export function torchAbort(message: string): string {
  return `terminate called after throwing an instance of 'c10::Error'
  what():  CUDA error: ${message}
${cudaAdvice}
Exception raised from c10_cuda_check_implementation at /pytorch/c10/cuda/CUDAException.cpp:43 (most recent call first):
frame #0: c10::Error::Error(c10::SourceLocation, std::string) + 0x96 (0x79ebd4f6c446 in /usr/lib/libc10.so)

Fatal Python error: Aborted

Thread 0x000079e69b400640 (most recent call first):
  File "/usr/lib/python3.10/threading.py", line 324 in wait
`;
}

/** A traceback that ends with this line. */
export function traceback(error: string): string {
  return `Traceback (most recent call last):
  File "/work/train.py", line 90, in <module>
    main()
${error}
`;
}

export const valueError = traceback('ValueError: shapes (3,) and (4,) do not fit');

/** Printed on the way out, after the traceback that counts. */
export const asideAtExit = `Exception ignored in: <function _MultiProcessingDataLoaderIter.__del__ at 0x7f40b1c8e320>
Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/torch/utils/data/dataloader.py", line 1618, in __del__
    self._shutdown_workers()
AssertionError: can only test a child process
`;

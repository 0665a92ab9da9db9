"""Whether the assigned GPUs can really be used from inside the sandbox: `python -I -c <this> cuda|rocm COUNT`.

A GPU that is there but cannot be used makes libraries fall back to the CPU without a word, and a training of hours then
takes days. Ends with status 0, or with one sentence on stderr. Standard library only: no framework need be installed.
"""

import ctypes
import sys


def check_cuda(count):
    """Asks the driver itself (cuInit, cuDeviceGetCount of the CUDA driver API; both return 0 for success)."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError as error:
        return f"the CUDA driver library cannot be loaded: {error}"
    if status := driver.cuInit(0):
        return f"cuInit failed with CUDA error {status}"
    found = ctypes.c_int()
    if status := driver.cuDeviceGetCount(ctypes.byref(found)):
        return f"cuDeviceGetCount failed with CUDA error {status}"
    return None if found.value >= count else f"{found.value} of {count} GPUs can be used"


def check_rocm(_count):
    try:
        with open("/dev/kfd", "rb+", buffering=0):
            return None
    except OSError as error:
        return f"the compute device of the driver cannot be opened: {error}"


if __name__ == "__main__":
    problem = {"cuda": check_cuda, "rocm": check_rocm}[sys.argv[1]](int(sys.argv[2]))
    sys.exit(f"No usable GPU: {problem}." if problem else 0)

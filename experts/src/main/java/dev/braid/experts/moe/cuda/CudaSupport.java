package dev.braid.experts.moe.cuda;

import dev.braid.experts.moe.NativeSetup;
import dev.braid.experts.moe.device.DeviceException;
import java.io.IOException;
import java.io.InputStream;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.SizeTPointer;

/** Finds out whether this machine has a CUDA device fit for the layer, before anything is used. */
final class CudaSupport {
  /** The oldest CUDA whose functions the bindings name and this package calls. */
  private static final int OLDEST_CUDA = 13000;

  private static final int OLDEST_ARCHITECTURE = 8;
  private static final String KERNELS = "moe.fatbin";

  private CudaSupport() {}

  /**
   * Loads the libraries and checks versions and device.
   *
   * @return what the device is, for people
   * @throws DeviceException saying what is missing and what to do
   */
  static String prepare(final int index) {
    try {
      NativeSetup.prepare();
      Loader.load(cudart.class);
      Loader.load(cublas.class);
    } catch (final LinkageError missing) {
      throw new DeviceException(
          "No CUDA 13 here: its runtime, cuBLAS and the NVIDIA driver are needed on the library"
              + " path (LD_LIBRARY_PATH), and org.bytedeco:cuda with this platform's natives on the"
              + " class path ("
              + missing.getMessage()
              + ")",
          missing);
    }
    final int[] value = new int[1];
    Cuda.check(cudart.cudaDriverGetVersion(value), "asking for the driver's version");
    final int driver = value[0];
    Cuda.check(cudart.cudaRuntimeGetVersion(value), "asking for the runtime's version");
    requireVersions(driver, value[0]);
    Cuda.check(cudart.cudaGetDeviceCount(value), "counting devices");
    if (index >= value[0]) {
      throw new DeviceException("CUDA device " + index + " of only " + value[0]);
    }
    use(index);
    final int major = attribute(index, cudart.cudaDevAttrComputeCapabilityMajor);
    final int minor = attribute(index, cudart.cudaDevAttrComputeCapabilityMinor);
    requireArchitecture(index, major, minor);
    return "CUDA device " + index + ", compute capability " + major + "." + minor;
  }

  /** Makes the device that of the calling thread. */
  static void use(final int index) {
    Cuda.check(cudart.cudaSetDevice(index), "using device " + index);
  }

  /**
   * @param driver newest CUDA that the driver serves, as CUDA counts, 0 where there is no driver
   * @param runtime version of the runtime
   * @throws DeviceException if either is too old
   */
  static void requireVersions(final int driver, final int runtime) {
    if (driver == 0) {
      throw new DeviceException(
          "CUDA's libraries are here, but no NVIDIA driver is loaded: install one, or run on a"
              + " machine that has a device");
    }
    if (driver < OLDEST_CUDA) {
      throw new DeviceException(
          "The NVIDIA driver serves CUDA "
              + version(driver)
              + ", 13.0 or newer is needed: install a newer driver");
    }
    if (runtime < OLDEST_CUDA) {
      throw new DeviceException(
          "The CUDA runtime on the library path is "
              + version(runtime)
              + ", 13.0 or newer is needed: put CUDA 13 before it on LD_LIBRARY_PATH");
    }
  }

  /**
   * @throws DeviceException if the device is too old for the kernels
   */
  static void requireArchitecture(final int index, final int major, final int minor) {
    if (major < OLDEST_ARCHITECTURE) {
      throw new DeviceException(
          "CUDA device "
              + index
              + " has compute capability "
              + major
              + "."
              + minor
              + ", 8.0 or newer is needed");
    }
  }

  /**
   * @throws DeviceException if that many bytes are more than allowed or free
   */
  static void requireRoom(final long bytes, final long limit, final String device) {
    try (SizeTPointer free = new SizeTPointer(1);
        SizeTPointer all = new SizeTPointer(1)) {
      Cuda.check(cudart.cudaMemGetInfo(free, all), "asking for free memory");
      requireRoom(bytes, limit, free.get(), all.get(), device);
    }
  }

  /** The same with what is free and what there is in all. */
  static void requireRoom(
      final long bytes, final long limit, final long free, final long all, final String device) {
    if (bytes > limit) {
      throw new DeviceException(
          "The layer needs "
              + megabytes(bytes)
              + " of device memory and may take "
              + megabytes(limit)
              + ": allow more, or smaller batches");
    }
    if (bytes > free) {
      throw new DeviceException(
          "The layer needs "
              + megabytes(bytes)
              + " of device memory, "
              + device
              + " has "
              + megabytes(free)
              + " free of "
              + megabytes(all)
              + ": use smaller batches or fewer subtasks per device");
    }
  }

  /** Memory of the device in use that nobody has taken. */
  static long freeBytes() {
    try (SizeTPointer free = new SizeTPointer(1);
        SizeTPointer all = new SizeTPointer(1)) {
      Cuda.check(cudart.cudaMemGetInfo(free, all), "asking for free memory");
      return free.get();
    }
  }

  /** The fat binary of {@code moe.cu}, built by the Maven profile {@code cuda}. */
  static byte[] kernels() {
    try (InputStream in = CudaSupport.class.getResourceAsStream(KERNELS)) {
      if (in == null) {
        throw new DeviceException(
            "The kernels are not in this build: run mvn -Pcuda where nvcc is installed");
      }
      return in.readAllBytes();
    } catch (final IOException unreadable) {
      throw new DeviceException("The kernels cannot be read", unreadable);
    }
  }

  private static int attribute(final int index, final int attribute) {
    final int[] value = new int[1];
    Cuda.check(cudart.cudaDeviceGetAttribute(value, attribute, index), "asking about the device");
    return value[0];
  }

  private static String version(final int code) {
    return code / 1000 + "." + code % 1000 / 10;
  }

  private static String megabytes(final long bytes) {
    return ((bytes + (1 << 20) - 1) >> 20) + " MB";
  }
}

package dev.braid.experts.dense;

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
    if (driver < OLDEST_CUDA) {
      throw new DeviceException(
          driver == 0
              ? "CUDA's libraries are here, but no NVIDIA driver is loaded"
              : "The NVIDIA driver serves CUDA " + version(driver) + ", 13.0 or newer is needed");
    }
    Cuda.check(cudart.cudaRuntimeGetVersion(value), "asking for the runtime's version");
    if (value[0] < OLDEST_CUDA) {
      throw new DeviceException(
          "The CUDA runtime is " + version(value[0]) + ", 13.0 or newer is needed");
    }
    Cuda.check(cudart.cudaGetDeviceCount(value), "counting devices");
    if (index >= value[0]) {
      throw new DeviceException("CUDA device " + index + " of only " + value[0]);
    }
    use(index);
    final int major = attribute(index, cudart.cudaDevAttrComputeCapabilityMajor);
    final int minor = attribute(index, cudart.cudaDevAttrComputeCapabilityMinor);
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
    return "CUDA device " + index + ", compute capability " + major + "." + minor;
  }

  /** Makes the device that of the calling thread. */
  static void use(final int index) {
    Cuda.check(cudart.cudaSetDevice(index), "using device " + index);
  }

  /**
   * @throws DeviceException if that many bytes are more than allowed or free
   */
  static void requireRoom(final long bytes, final long limit, final String device) {
    if (bytes > limit) {
      throw new DeviceException(
          "The layer needs "
              + megabytes(bytes)
              + " of device memory and may take "
              + megabytes(limit)
              + ": allow more, or smaller batches");
    }
    try (SizeTPointer free = new SizeTPointer(1);
        SizeTPointer all = new SizeTPointer(1)) {
      Cuda.check(cudart.cudaMemGetInfo(free, all), "asking for free memory");
      if (bytes > free.get()) {
        throw new DeviceException(
            "The layer needs "
                + megabytes(bytes)
                + " of device memory, "
                + device
                + " has "
                + megabytes(free.get())
                + " free of "
                + megabytes(all.get())
                + ": use smaller batches or fewer subtasks per device");
      }
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

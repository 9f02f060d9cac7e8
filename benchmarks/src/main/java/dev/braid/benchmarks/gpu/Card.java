package dev.braid.benchmarks.gpu;

import dev.braid.benchmarks.gpu.GpuCheck.NoDevice;
import java.util.List;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;

/** Which driver and libraries the process gets. */
final class Card {
  private static final String NATIVE = "/org/bytedeco/cuda/linux-x86_64/";

  private Card() {}

  static void print() throws NoDevice {
    System.out.println("Java " + Runtime.version() + ", " + System.getProperty("os.name"));
    requireBindings();
    final String layer = GpuCheck.requireDevice();
    System.out.println("A first layer is on " + layer + ".");
    final int[] value = new int[1];
    cudart.cudaDriverGetVersion(value);
    final int driver = value[0];
    cudart.cudaRuntimeGetVersion(value);
    System.out.println("The driver serves CUDA " + driver + ", the runtime is " + value[0] + ".");
    cublas.cublasGetProperty(0, value);
    final int major = value[0];
    cublas.cublasGetProperty(1, value);
    System.out.println("cuBLAS is " + major + "." + value[0] + ".");
  }

  /** Asks for them by name, since the classes load nowhere but where there is a driver. */
  private static void requireBindings() {
    for (final String library : List.of("libjnicudart.so", "libjnicublas.so")) {
      if (cudart.class.getResource(NATIVE + library) == null) {
        throw new IllegalStateException("the folder lacks " + library);
      }
    }
    System.out.println("The bindings of CUDA are here.");
  }
}

package dev.braid.experts.moe.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.experts.moe.FreshClasses;
import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.cpu.CpuProducts;
import dev.braid.experts.moe.device.DeviceException;
import dev.braid.experts.moe.device.DeviceLayout;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.GateSpec;
import java.lang.reflect.Field;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** JavaCPP reads its settings when its first class comes to life: they must be made before. */
class NativeSetupTest {
  private static final String LIMIT = "org.bytedeco.javacpp.maxphysicalbytes";

  /** Where JavaCPP keeps it once it has read it. */
  private static final String READ = "maxPhysicalBytes";

  private String before;

  @BeforeEach
  void remember() {
    before = System.getProperty(LIMIT);
    System.clearProperty(LIMIT);
  }

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(LIMIT);
    } else {
      System.setProperty(LIMIT, before);
    }
  }

  /** Run in a class loader of its own, where no native class has come to life yet. */
  static final class OpensADevice implements Runnable {
    @Override
    public void run() {
      final DenseMoeSpec spec = DenseMoeSpec.of(4, 6, 3, 3, GateSpec.softmax(), 1);
      final DeviceLayout layout = new DeviceLayout(spec, Precision.FP32, 8);
      try {
        new CudaDevice(layout, 0, Long.MAX_VALUE).close();
      } catch (final DeviceException noDeviceHere) {
        return;
      }
    }
  }

  static final class LoadsOpenBlas implements Runnable {
    @Override
    public void run() {
      CpuProducts.choose(DenseOptions.BackendChoice.AUTO).close();
    }
  }

  @Test
  void aDeviceIsNotTouchedBeforeTheSettingsAreMade() throws Exception {
    assertEquals(0, limitAfter(OpensADevice.class));
  }

  @Test
  void openBlasIsNotTouchedBeforeTheSettingsAreMade() throws Exception {
    assertEquals(0, limitAfter(LoadsOpenBlas.class));
  }

  private static long limitAfter(final Class<? extends Runnable> what) throws Exception {
    try (FreshClasses fresh = new FreshClasses()) {
      fresh.run(what);
      final Field limit = fresh.load("org.bytedeco.javacpp.Pointer").getDeclaredField(READ);
      limit.setAccessible(true);
      return limit.getLong(null);
    }
  }
}

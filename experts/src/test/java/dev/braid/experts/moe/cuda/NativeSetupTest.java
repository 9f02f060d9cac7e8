package dev.braid.experts.moe.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.experts.moe.DenseMoeSpec;
import dev.braid.experts.moe.DenseOptions;
import dev.braid.experts.moe.GateSpec;
import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.cpu.CpuProducts;
import dev.braid.experts.moe.device.DeviceException;
import dev.braid.experts.moe.device.DeviceLayout;
import java.io.File;
import java.lang.reflect.Field;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** JavaCPP reads its settings when its first class comes to life: they must be made before. */
class NativeSetupTest {
  private static final String LIMIT = "org.bytedeco.javacpp.maxphysicalbytes";

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
        new CudaDevice(spec, layout, 0, Long.MAX_VALUE).close();
      } catch (final DeviceException noDeviceHere) {
        return;
      }
    }
  }

  static final class LoadsOpenBlas implements Runnable {
    @Override
    public void run() {
      CpuProducts.choose(DenseOptions.BackendChoice.AUTO);
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
    try (URLClassLoader fresh =
        new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
      final var constructor = fresh.loadClass(what.getName()).getDeclaredConstructor();
      constructor.setAccessible(true);
      ((Runnable) constructor.newInstance()).run();
      final Field limit =
          fresh.loadClass("org.bytedeco.javacpp.Pointer").getDeclaredField("maxPhysicalBytes");
      limit.setAccessible(true);
      return limit.getLong(null);
    }
  }

  private static URL[] classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> url(new File(entry).toURI()))
        .toArray(URL[]::new);
  }

  private static URL url(final URI uri) {
    try {
      return uri.toURL();
    } catch (final MalformedURLException impossible) {
      throw new IllegalArgumentException(impossible);
    }
  }
}

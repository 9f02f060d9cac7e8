package dev.braid.experts.moe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.device.Device;
import dev.braid.experts.moe.device.DeviceException;
import dev.braid.experts.moe.device.DeviceLayout;
import dev.braid.experts.moe.device.EmulatedDevices;
import dev.braid.experts.moe.device.FailingDevice;
import dev.braid.experts.moe.device.FailingDevice.At;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.state.Backend;
import dev.braid.experts.moe.state.MoeState;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What computes a layer where a device is there, is not, or fails while the layer opens. */
class BackendsTest {
  private static final int ROWS = 64;
  private static final DenseMoeSpec SPEC =
      DenseMoeSpec.of(32, 128, 3, 8, GateSpec.topK(2, 0.01), 3);

  private static DenseOptions options(final BackendChoice choice) {
    return new DenseOptions(choice, ROWS);
  }

  /** A machine whose device is not fit, or whose jars are missing. */
  private record Without(Throwable reason) implements Backends.Devices {
    @Override
    public long room(final DenseOptions options) {
      if (reason instanceof DeviceException missing) {
        throw missing;
      }
      throw (LinkageError) reason;
    }

    @Override
    public Device open(final DeviceLayout layout, final DenseOptions options) {
      throw new AssertionError("asked for a device that is not fit");
    }
  }

  private static void says(final Backend backend, final String words) {
    assertTrue(backend.name().contains(words), backend.name());
  }

  @Test
  void withoutADeviceAutoTakesTheCpuAndSaysWhy() {
    final Without old = new Without(new DeviceException("The driver is old"));
    final Backend backend = Backends.open(MoeState.create(SPEC), options(BackendChoice.AUTO), old);
    assertTrue(backend.name().startsWith("CPU ("), backend.name());
    says(backend, ", since The driver is old");
  }

  @Test
  void withoutADeviceTheDemandForOneIsRefusedWithTheReason() {
    final Without old = new Without(new DeviceException("The driver is old"));
    final IllegalStateException refused =
        assertThrows(
            IllegalStateException.class,
            () -> Backends.open(MoeState.create(SPEC), options(BackendChoice.CUDA), old));
    assertEquals("The driver is old", refused.getMessage());
  }

  @Test
  void missingJarsAreNamed() {
    final Without bare = new Without(new NoClassDefFoundError("org/bytedeco/cuda/global/cudart"));
    says(
        Backends.open(MoeState.create(SPEC), options(BackendChoice.AUTO), bare),
        "org.bytedeco:cuda and org.bytedeco:javacpp are not on the class path");
  }

  @Test
  void aSmallLayerDoesNotLookForADevice() {
    final DenseMoeSpec small = DenseMoeSpec.of(4, 6, 3, 3, GateSpec.softmax(), 3);
    final Without none = new Without(new DeviceException("asked all the same"));
    says(
        Backends.open(MoeState.create(small), options(BackendChoice.AUTO), none),
        ", since the layer is too small for a device to pay");
  }

  @Test
  void batchesThatNoCopyCanHoldStayOnTheCpu() {
    final DeviceLayout layout =
        new DeviceLayout(
            DenseMoeSpec.of(4, 4, 100, 512, GateSpec.softmax(), 1), Precision.FP32, 65_536);
    final DeviceException refused = assertThrows(DeviceException.class, layout::requireCopies);
    assertTrue(refused.getMessage().startsWith("Batches of 65536 rows"), refused.getMessage());
    new DeviceLayout(SPEC, Precision.FP32, 65_536).requireCopies();
  }

  /** The last of these is the memory of the window, behind all weights. */
  @ParameterizedTest(name = "at write {0}")
  @CsvSource({"0", "1", "30", "90"})
  void aDeviceThatFailsWhileItIsFilledIsGivenBackAndTheCpuBegins(final int good) {
    final AtomicReference<FailingDevice> opened = new AtomicReference<>();
    final EmulatedDevices failing =
        new EmulatedDevices(
            SPEC,
            8,
            device -> {
              opened.set(new FailingDevice(device, At.WRITE, good));
              return opened.get();
            });
    final DenseBatch one = Batches.random(SPEC, 40, 3, 1);
    final DenseBatch other = Batches.random(SPEC, 40, 3, 1);
    try (DenseMoe layer = failing.layer(MoeState.create(SPEC), options(BackendChoice.AUTO));
        DenseMoe cpu = DenseMoe.open(SPEC, options(BackendChoice.JAVA))) {
      assertTrue(opened.get().failed() && opened.get().closed());
      assertTrue(layer.backend().contains("the device is lost at WRITE"), layer.backend());
      layer.step(one);
      cpu.step(other);
      assertArrayEquals(other.probabilities(), one.probabilities(), 1e-5f);
    }
  }

  @Test
  void aDeviceThatFailsLaterIsNamedByTheCpuThatTookOver() {
    final EmulatedDevices failing =
        new EmulatedDevices(SPEC, 8, device -> new FailingDevice(device, At.FINISH, 2));
    try (DenseMoe layer = failing.layer(MoeState.create(SPEC), options(BackendChoice.AUTO))) {
      assertTrue(layer.backend().startsWith("failing device, FP32"), layer.backend());
      assertTrue(layer.deviceBytes() > 0);
      for (int i = 0; i < 4; i++) {
        layer.step(Batches.random(SPEC, 40, 3, i));
      }
      assertTrue(
          layer.backend().contains(", since the device failed: the device is lost at FINISH"),
          layer.backend());
      assertEquals(0, layer.deviceBytes());
    }
  }
}

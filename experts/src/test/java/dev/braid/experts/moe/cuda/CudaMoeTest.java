package dev.braid.experts.moe.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.device.DeviceException;
import dev.braid.experts.moe.device.DeviceLayout;
import dev.braid.experts.moe.device.DeviceMoe;
import dev.braid.experts.moe.device.DeviceMoeTest;
import dev.braid.experts.moe.device.TwinSteps;
import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.state.Backend;
import dev.braid.experts.moe.state.MoeState;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The CUDA device beside its twin on the CPU; skipped, with the reason, where there is none. */
@Tag("device")
class CudaMoeTest {

  @ParameterizedTest
  @MethodSource("dev.braid.experts.moe.layer.DenseMoeTest#gates")
  void twinsStayTogetherOverTwoHundredSteps(final GateSpec gate) {
    needsDevice();
    TwinSteps.compare(gate, Precision.FP32, state -> open(state, Precision.FP32, TwinSteps.ROWS));
  }

  @ParameterizedTest
  @MethodSource("dev.braid.experts.moe.layer.DenseMoeTest#gates")
  void lowPrecisionStaysAsCloseAsItPromises(final GateSpec gate) {
    needsDevice();
    for (final Precision low : List.of(Precision.TF32, Precision.BF16)) {
      TwinSteps.compare(gate, low, state -> open(state, low, TwinSteps.ROWS));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.braid.experts.moe.device.DeviceMoeTest#oddSizes")
  void oddSizesComputeTheSame(
      final int experts,
      final int inputs,
      final int hidden,
      final int classes,
      final int rows,
      final GateSpec gate) {
    needsDevice();
    DeviceMoeTest.compare(
        new DenseMoeSpec(inputs, hidden, classes, experts, gate, 1e-3, 7),
        rows,
        state -> open(state, Precision.FP32, rows));
  }

  @ParameterizedTest
  @MethodSource("dev.braid.experts.moe.device.DeviceMoeTest#oddSlots")
  void tooFewSlotsComputeTheSame(
      final int experts,
      final int inputs,
      final int hidden,
      final int classes,
      final int rows,
      final int slots,
      final GateSpec gate) {
    needsDevice();
    DeviceMoeTest.compare(
        new DenseMoeSpec(inputs, hidden, classes, experts, gate, 1e-3, 7),
        rows,
        state -> open(state, Precision.FP32, rows, slots));
  }

  @ParameterizedTest
  @MethodSource("dev.braid.experts.moe.layer.DenseMoeTest#gates")
  void everyPrecisionLearnsTheTask(final GateSpec gate) {
    needsDevice();
    for (final Precision precision : Precision.values()) {
      final DenseMoeSpec spec = new DenseMoeSpec(5, 24, 3, 4, gate, 5e-3, 17);
      final DenseBatch batch = new DenseBatch(spec, 64, false);
      final SplittableRandom random = new SplittableRandom(1);
      double last = 0;
      try (Backend layer = open(MoeState.create(spec), precision, 64)) {
        for (int i = 0; i < 400; i++) {
          Batches.fill(batch, 64, 0, random);
          layer.submit(batch);
          layer.await(batch);
          last += i >= 380 ? Batches.accuracy(batch) / 20 : 0;
        }
      }
      assertTrue(last > 0.8, precision + ": accuracy at the end " + last);
    }
  }

  @Test
  void aLayerThatMayTakeTooLittleMemoryIsRefused() {
    needsDevice();
    final DenseMoeSpec spec = DenseMoeSpec.of(5, 24, 3, 4, GateSpec.softmax(), 17);
    final DenseOptions options = new DenseOptions(BackendChoice.CUDA, 64).on(0, 1 << 20);
    final IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> DenseMoe.open(spec, options));
    assertTrue(refused.getMessage().contains("may take 1 MB"), refused.getMessage());
  }

  @Test
  void withoutADeviceTheDemandForOneIsRefusedAndAutoTakesTheCpu() {
    final DenseMoeSpec spec = DenseMoeSpec.of(64, 64, 10, 4, GateSpec.softmax(), 17);
    if (reason() == null) {
      abort("a CUDA device is here");
    }
    final DenseOptions demand = new DenseOptions(BackendChoice.CUDA, 256);
    final IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> DenseMoe.open(spec, demand));
    assertEquals(reason(), refused.getMessage());
    final DenseOptions any = new DenseOptions(BackendChoice.AUTO, 256);
    try (DenseMoe layer = DenseMoe.open(spec, any)) {
      assertTrue(layer.backend().startsWith("CPU"), layer.backend());
    }
  }

  private static void needsDevice() {
    final String reason = reason();
    if (reason != null) {
      abort("no CUDA device: " + reason);
    }
  }

  /** Why there is no device, or null where there is one. */
  private static String reason() {
    try {
      CudaSupport.prepare(0);
      return null;
    } catch (final DeviceException missing) {
      return missing.getMessage();
    }
  }

  private static DeviceMoe open(
      final MoeState state, final Precision precision, final int maxRows) {
    return open(state, precision, maxRows, state.spec.experts());
  }

  private static DeviceMoe open(
      final MoeState state, final Precision precision, final int maxRows, final int slots) {
    final DeviceLayout layout = new DeviceLayout(state.spec, precision, maxRows, slots);
    return new DeviceMoe(state, layout, new CudaDevice(layout, 0, Long.MAX_VALUE));
  }
}

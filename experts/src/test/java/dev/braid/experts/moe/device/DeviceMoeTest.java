package dev.braid.experts.moe.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.MemoryFigures;
import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.state.MoeState;
import dev.braid.experts.moe.state.Weights;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The device's steps, on a device emulated in Java, are those of the CPU backend. */
public class DeviceMoeTest {

  static Stream<Arguments> oddSizes() {
    return Stream.of(
        Arguments.of(1, 5, 7, 3, 7, GateSpec.softmax()),
        Arguments.of(1, 1, 1, 2, 1, GateSpec.softmax()),
        Arguments.of(3, 5, 6, 35, 7, GateSpec.softmax()),
        Arguments.of(3, 7, 9, 3, 1024, GateSpec.topK(1, 0.05)),
        Arguments.of(3, 9, 11, 5, 1, GateSpec.topK(2, 0.05)),
        Arguments.of(64, 3, 5, 3, 1024, GateSpec.sigmoid(2, 1, 0.05)),
        Arguments.of(64, 6, 3, 2, 7, GateSpec.topK(6, 0.05)),
        Arguments.of(64, 5, 7, 33, 1, GateSpec.softmax()),
        Arguments.of(5, 6, 35, 3, 7, GateSpec.sigmoid(3, 2, 0)));
  }

  @ParameterizedTest(name = "E={0} d={1} h={2} c={3} B={4} {5}")
  @MethodSource("oddSizes")
  void stepsAreThoseOfTheCpuBackend(
      final int experts,
      final int inputs,
      final int hidden,
      final int classes,
      final int rows,
      final GateSpec gate) {
    compare(
        new DenseMoeSpec(inputs, hidden, classes, experts, gate, 1e-3, 7),
        rows,
        state -> open(state, Precision.FP32, rows));
  }

  static Stream<Arguments> oddSlots() {
    return Stream.of(
        Arguments.of(3, 7, 9, 3, 40, 1, GateSpec.topK(1, 0.05)),
        Arguments.of(3, 9, 11, 5, 1, 2, GateSpec.topK(2, 0.05)),
        Arguments.of(64, 3, 5, 3, 7, 9, GateSpec.sigmoid(2, 1, 0.05)),
        Arguments.of(64, 3, 5, 3, 300, 5, GateSpec.sigmoid(2, 1, 0.05)),
        Arguments.of(64, 6, 3, 2, 7, 63, GateSpec.topK(6, 0.05)),
        Arguments.of(5, 6, 35, 3, 17, 2, GateSpec.sigmoid(3, 2, 0)));
  }

  @ParameterizedTest(name = "E={0} d={1} h={2} c={3} B={4} slots={5} {6}")
  @MethodSource("oddSlots")
  void stepsOnADeviceWithTooFewSlotsAreThoseOfTheCpuBackend(
      final int experts,
      final int inputs,
      final int hidden,
      final int classes,
      final int rows,
      final int slots,
      final GateSpec gate) {
    compare(
        new DenseMoeSpec(inputs, hidden, classes, experts, gate, 1e-3, 7),
        rows,
        state -> open(state, Precision.FP32, rows, slots));
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void takingTurnsChangesNoBitAndLosesNoWeights(final Precision precision) {
    final DenseMoeSpec spec = DenseMoeSpec.of(4, 6, 3, 9, GateSpec.sigmoid(2, 1, 0.01), 3);
    final DeviceMoe all = open(MoeState.create(spec), precision, 20);
    final DeviceMoe few = open(MoeState.create(spec), precision, 20, 3);
    final DenseBatch one = new DenseBatch(spec, 20, true);
    final DenseBatch other = new DenseBatch(spec, 20, true);
    for (int i = 0; i < 60; i++) {
      final int rows = i % 3 == 0 ? 20 : 2;
      Batches.fill(one, rows, i % 5, new SplittableRandom(i));
      Batches.fill(other, rows, i % 5, new SplittableRandom(i));
      all.submit(one);
      few.submit(other);
      all.await(one);
      few.await(other);
      assertArrayEquals(one.probabilities(), other.probabilities());
      assertArrayEquals(one.expertProbabilities(), other.expertProbabilities());
      if (i % 7 == 6) {
        final MoeState expected = all.state();
        final MoeState actual = few.state();
        for (int b = 0; b < expected.chunkCount(); b++) {
          assertEquals(expected.weights(b).steps, actual.weights(b).steps);
          assertEquals(expected.weights(b).dirty, actual.weights(b).dirty);
          assertArrayEquals(expected.weights(b).theta, actual.weights(b).theta);
          assertArrayEquals(expected.weights(b).v, actual.weights(b).v);
        }
        expected.markClean();
        actual.markClean();
      }
    }
    final MemoryFigures figures = few.memory();
    assertEquals(6, figures.evictedExperts());
    assertTrue(figures.misses() > 50 && figures.hits() > 20, figures.toString());
    assertTrue(figures.prefetches() > 5, figures.toString());
    assertTrue(few.deviceBytes() < all.deviceBytes());
  }

  @Test
  void aLayoutTakesAsManySlotsAsThereIsRoomFor() {
    final DenseMoeSpec spec = DenseMoeSpec.of(64, 256, 10, 16, GateSpec.topK(2, 0.01), 3);
    final long all = new DeviceLayout(spec, Precision.FP32, 32).bytes();
    assertEquals(16, DeviceLayout.within(spec, Precision.FP32, 32, all).slots());
    final DeviceLayout half = DeviceLayout.within(spec, Precision.FP32, 32, all / 2);
    assertTrue(half.slots() > 1 && half.slots() < 16, half.slots() + " slots");
    assertTrue(half.bytes() <= all / 2, half.bytes() + " of " + all);
    assertEquals(1, DeviceLayout.within(spec, Precision.FP32, 32, 0).slots());
    final DenseMoeSpec dense = DenseMoeSpec.of(64, 256, 10, 16, GateSpec.softmax(), 3);
    assertEquals(16, DeviceLayout.within(dense, Precision.FP32, 32, 0).slots());
  }

  /** Three steps of the CPU backend and of another on the same batches. */
  public static void compare(
      final DenseMoeSpec spec, final int rows, final Function<MoeState, DeviceMoe> twin) {
    final CpuMoe cpu = new CpuMoe(MoeState.create(spec), new JavaProducts(), rows);
    final DeviceMoe device = twin.apply(MoeState.create(spec));
    final DenseBatch one = new DenseBatch(spec, rows, true);
    final DenseBatch other = new DenseBatch(spec, rows, true);
    for (int i = 0; i < 3; i++) {
      Batches.fill(one, rows, 5, new SplittableRandom(i));
      Batches.fill(other, rows, 5, new SplittableRandom(i));
      cpu.submit(one);
      device.submit(other);
      device.await(other);
      assertArrayEquals(one.probabilities(), other.probabilities(), 2e-5f);
      assertArrayEquals(one.expertProbabilities(), other.expertProbabilities(), 2e-5f);
      assertArrayEquals(one.weights(), other.weights(), 2e-5f);
      assertArrayEquals(one.load(), other.load());
    }
    assertArrayEquals(choices(cpu.state()), choices(device.state()), 1e-3f);
    for (int b = 0; b < cpu.state().chunkCount(); b++) {
      final Weights expected = cpu.state().weights(b);
      final Weights actual = device.state().weights(b);
      assertEquals(expected.steps, actual.steps, "steps of chunk " + b);
      assertArrayEquals(expected.m, actual.m, 2e-6f, "first moments of chunk " + b);
      assertArrayEquals(expected.v, actual.v, 2e-7f, "second moments of chunk " + b);
    }
    device.close();
  }

  @ParameterizedTest
  @MethodSource("dev.braid.experts.moe.layer.DenseMoeTest#gates")
  void twinsStayTogetherOverTwoHundredSteps(final GateSpec gate) {
    TwinSteps.compare(gate, Precision.FP32, state -> open(state, Precision.FP32, TwinSteps.ROWS));
  }

  @ParameterizedTest
  @MethodSource("dev.braid.experts.moe.layer.DenseMoeTest#gates")
  void lowPrecisionStaysAsCloseAsItPromises(final GateSpec gate) {
    for (final Precision low : List.of(Precision.TF32, Precision.BF16)) {
      TwinSteps.compare(gate, low, state -> open(state, low, TwinSteps.ROWS));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.braid.experts.moe.layer.DenseMoeTest#gates")
  void halfPrecisionLearnsTheSameTask(final GateSpec gate) {
    final DenseMoeSpec spec = new DenseMoeSpec(5, 24, 3, 4, gate, 5e-3, 17);
    final DeviceMoe layer = open(MoeState.create(spec), Precision.BF16, 64);
    final DenseBatch batch = new DenseBatch(spec, 64, false);
    final SplittableRandom random = new SplittableRandom(1);
    double last = 0;
    for (int i = 0; i < 120; i++) {
      Batches.fill(batch, 64, 0, random);
      layer.submit(batch);
      layer.await(batch);
      last += i >= 100 ? Batches.accuracy(batch) / 20 : 0;
    }
    assertTrue(last > 0.6, "accuracy at the end " + last);
  }

  @Test
  void batchesOfAnySizeShareTheLayer() {
    final DenseMoeSpec spec = DenseMoeSpec.of(4, 6, 3, 3, GateSpec.topK(2, 0.01), 3);
    final CpuMoe cpu = new CpuMoe(MoeState.create(spec), new JavaProducts(), 50);
    final DeviceMoe device = open(MoeState.create(spec), Precision.FP32, 50);
    for (final int rows : new int[] {50, 1, 8, 9, 33, 0, 17, 2}) {
      final DenseBatch one = Batches.random(spec, Math.max(1, rows), 3, rows);
      final DenseBatch other = Batches.random(spec, Math.max(1, rows), 3, rows);
      if (rows == 0) {
        one.clear();
        other.clear();
      }
      cpu.submit(one);
      device.submit(other);
      device.await(other);
      assertArrayEquals(one.load(), other.load());
      if (rows > 0) {
        assertArrayEquals(one.probabilities(), other.probabilities(), 1e-5f);
      }
    }
  }

  @Test
  void onlyExpertsThatLearnedComeBackToTheHost() {
    final DenseMoeSpec spec = DenseMoeSpec.of(4, 6, 3, 5, GateSpec.topK(1, 0), 3);
    final MoeState state = MoeState.create(spec);
    state.markClean();
    final Weights[] before = new Weights[6];
    for (int b = 0; b < 6; b++) {
      before[b] = state.weights(b);
    }
    final DeviceMoe device = open(state, Precision.FP32, 1);
    final DenseBatch batch = Batches.random(spec, 1, 0, 4);
    device.submit(batch);
    device.await(batch);
    final MoeState after = device.state();
    assertTrue(after.weights(0).dirty);
    for (int e = 0; e < 5; e++) {
      final boolean chosen = batch.load()[e] == 1;
      assertEquals(chosen, after.expert(e).dirty);
      assertEquals(!chosen, after.expert(e) == before[1 + e]);
    }
    after.markClean();
    assertFalse(device.state().gate().dirty);
  }

  static DeviceMoe open(final MoeState state, final Precision precision, final int maxRows) {
    return open(state, precision, maxRows, state.spec.experts());
  }

  static DeviceMoe open(
      final MoeState state, final Precision precision, final int maxRows, final int slots) {
    final DeviceLayout layout = new DeviceLayout(state.spec, precision, maxRows, slots);
    return new DeviceMoe(state, layout, new EmulatedDevice(layout));
  }

  /** What the balance loss counted, if there is one. */
  private static float[] choices(final MoeState state) {
    return state.spec.gate().penalties().isEmpty() ? new float[0] : state.penaltyMemory(0);
  }
}

package dev.braid.experts.moe.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.device.FailingDevice.At;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.state.MoeState;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TwinnedMoeTest {
  private static final int ROWS = 12;
  private static final int STEPS = 30;
  private static final DenseMoeSpec SPEC = DenseMoeSpec.of(4, 6, 3, 3, GateSpec.topK(2, 0.01), 3);

  /** The device fails early, late, and while weights are copied back (17 reads a time). */
  @ParameterizedTest(name = "{0} after {1}, journal of {2}")
  @CsvSource({
    "EXECUTE, 0, 8",
    "EXECUTE, 1, 8",
    "EXECUTE, 13, 8",
    "EXECUTE, 20, 1",
    "FINISH, 0, 8",
    "FINISH, 9, 8",
    "FINISH, 15, 100",
    "FINISH, 3, 1",
    "READ, 0, 8",
    "READ, 5, 8",
    "READ, 50, 4",
    "EXCHANGE, 0, 8",
    "EXCHANGE, 11, 2"
  })
  void theCpuTakesOverWithoutLosingOrRepeatingABatch(
      final At at, final int good, final int journal) {
    final CpuMoe undisturbed = new CpuMoe(MoeState.create(SPEC), new JavaProducts(), ROWS);
    final int slots = at == At.EXCHANGE ? 1 : SPEC.experts();
    final DeviceLayout layout = new DeviceLayout(SPEC, Precision.FP32, ROWS, slots);
    final FailingDevice device = new FailingDevice(new EmulatedDevice(layout), at, good);
    final TwinnedMoe twinned =
        new TwinnedMoe(
            new DeviceMoe(MoeState.create(SPEC), layout, device),
            (saved, why) -> new CpuMoe(saved, new JavaProducts(), ROWS),
            journal);
    final DenseBatch expected = new DenseBatch(SPEC, ROWS, true);
    final DenseBatch[] buffers = {
      new DenseBatch(SPEC, ROWS, true), new DenseBatch(SPEC, ROWS, true)
    };
    fill(buffers[0], 0);
    twinned.submit(buffers[0]);
    for (int i = 0; i < STEPS; i++) {
      final DenseBatch next = buffers[(i + 1) & 1];
      fill(next, i + 1);
      twinned.submit(next);
      final DenseBatch batch = buffers[i & 1];
      twinned.await(batch);
      fill(expected, i);
      undisturbed.submit(expected);
      assertArrayEquals(answers(expected), answers(batch), 1e-4f, "step " + i);
      assertArrayEquals(expected.load(), batch.load());
    }
    fill(expected, STEPS);
    undisturbed.submit(expected);
    assertTrue(device.failed());
    final MoeState state = twinned.state();
    for (int b = 0; b < state.chunkCount(); b++) {
      assertEquals(undisturbed.state().weights(b).steps, state.weights(b).steps);
      assertArrayEquals(undisturbed.state().weights(b).m, state.weights(b).m, 1e-5f);
    }
    twinned.close();
  }

  private static float[] answers(final DenseBatch batch) {
    return Arrays.copyOf(batch.probabilities(), batch.rows() * SPEC.classes());
  }

  private static void fill(final DenseBatch batch, final int step) {
    Batches.fill(batch, step % 7 == 3 ? 5 : ROWS, 4, new SplittableRandom(step));
  }
}

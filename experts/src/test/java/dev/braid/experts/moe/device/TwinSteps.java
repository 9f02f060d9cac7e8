package dev.braid.experts.moe.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.state.Backend;
import dev.braid.experts.moe.state.MoeState;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Runs a backend beside the CPU backend in plain Java: the same seeds, the same batches. */
public final class TwinSteps {
  public static final int ROWS = 24;
  private static final int STEPS = 200;

  private TwinSteps() {}

  /**
   * @param difference largest relative difference of outputs, against the largest output
   * @param lossDifference largest relative difference of a step's loss
   */
  public static void compare(
      final GateSpec gate,
      final Function<MoeState, Backend> twin,
      final double difference,
      final double lossDifference) {
    final DenseMoeSpec spec = new DenseMoeSpec(5, 10, 3, 4, gate, 1e-3, 17);
    final DenseBatch one = new DenseBatch(spec, ROWS, false);
    final DenseBatch other = new DenseBatch(spec, ROWS, false);
    try (Backend cpu = new CpuMoe(MoeState.create(spec), new JavaProducts(), ROWS);
        Backend device = twin.apply(MoeState.create(spec))) {
      for (int i = 0; i < STEPS; i++) {
        Batches.fill(one, ROWS, 6, new SplittableRandom(i));
        Batches.fill(other, ROWS, 6, new SplittableRandom(i));
        cpu.submit(one);
        device.submit(other);
        device.await(other);
        final double largest =
            IntStream.range(0, one.probabilities().length)
                .mapToDouble(j -> one.probabilities()[j])
                .max()
                .orElseThrow();
        for (int j = 0; j < one.probabilities().length; j++) {
          assertEquals(
              one.probabilities()[j],
              other.probabilities()[j],
              difference * largest,
              "output in step " + i);
        }
        final double loss = Batches.loss(one);
        assertEquals(loss, Batches.loss(other), lossDifference * loss, "loss in step " + i);
      }
    }
  }
}

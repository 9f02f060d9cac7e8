package dev.braid.experts.moe.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.device.FailingDevice.At;
import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.spec.RestSpec;
import dev.braid.experts.moe.state.MoeState;
import dev.braid.experts.moe.state.StoredChunks;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * On a device too experts go to rest, and those that neither it nor the host has room for are in
 * the store alone.
 */
class DeviceEvictionTest {
  private static final int EXPERTS = 6;
  private static final int ROWS = 16;
  private static final int STEPS = 160;

  private static DenseMoeSpec spec(final String format) {
    return new DenseMoeSpec(
        2, 12, 2, EXPERTS, GateSpec.sigmoid(2, 1, 0), 2e-3, 3, RestSpec.of(format, 12));
  }

  private static DenseOptions options(final double hostExperts) {
    final long expert = 12L * spec("none").layout(0).size();
    return new DenseOptions(BackendChoice.CUDA, ROWS)
        .withExpertMemory(hostExperts > EXPERTS ? Long.MAX_VALUE : (long) (hostExperts * expert));
  }

  /** Rows of one half of the plane for a while, then of the other; some steps only ask. */
  private static void fill(final DenseBatch batch, final int step) {
    batch.clear();
    final boolean left = step / 40 % 2 == 0;
    for (int r = 0; r < (step % 5 == 0 ? 3 : ROWS); r++) {
      final SplittableRandom random = new SplittableRandom(ROWS * step + r);
      final double a = random.nextDouble() + 0.5;
      final double b = random.nextDouble() * 2 - 1;
      final int label = step % 7 == 6 || r % 4 == 3 ? -1 : b > 0 == left ? 1 : 0;
      // Rows without a label also ask the experts of the other half, which may rest.
      batch.add(new double[] {left == (label >= 0 || r % 8 == 3) ? -3 * a : 3 * a, b}, label);
    }
  }

  private static float[] run(
      final String format, final int slots, final double hostExperts, final int resumeEvery) {
    final DenseMoeSpec spec = spec(format);
    final DenseOptions options = options(hostExperts);
    final EmulatedDevices devices = new EmulatedDevices(spec, slots);
    final StoredChunks chunks = new StoredChunks();
    DenseMoe layer = devices.layer(MoeState.create(spec, chunks, options.expertMemory()), options);
    final DenseBatch batch = new DenseBatch(spec, ROWS, true);
    final int width = ROWS * (2 + 2 * (EXPERTS + 1));
    final float[] given = new float[STEPS * width];
    for (int i = 0; i < STEPS; i++) {
      fill(batch, i);
      layer.step(batch);
      final int ofExperts = batch.rows() * 2 * (EXPERTS + 1);
      System.arraycopy(batch.probabilities(), 0, given, i * width, batch.rows() * 2);
      System.arraycopy(batch.expertProbabilities(), 0, given, i * width + 2 * ROWS, ofExperts);
      if (i % resumeEvery == resumeEvery - 1) {
        chunks.save(layer);
        final long gate = 12L * EXPERTS * 3;
        assertTrue(
            layer.rest().weightBytes() <= Math.max(0, options.expertMemory()) + gate
                || options.expertMemory() == Long.MAX_VALUE,
            layer.rest().toString());
        layer.close();
        layer = devices.layer(resumed(chunks), options);
      }
    }
    assertTrue(layer.backend().startsWith("emulated device"), layer.backend());
    return given;
  }

  private static MoeState resumed(final StoredChunks chunks) {
    return MoeState.read(chunks);
  }

  @ParameterizedTest(name = "{0}, {1} on the device, {2} on the host, resumed every {3} steps")
  @CsvSource({
    "none, 6, 2, 1000", "none, 2, 2.5, 1000", "none, 1, 0, 1000", "none, 3, 1, 23",
    "int8, 2, 100, 1000", "int8, 6, 100, 31", "int8, 3, 1.2, 23", "int8, 1, 0, 1000",
    "int4, 2, 100, 1000", "int4, 2, 100, 23", "int4, 2, 2, 1000", "int4, 4, 0, 31"
  })
  void whereExpertsAreChangesNoBit(
      final String format, final int slots, final double hostExperts, final int resumeEvery) {
    assertArrayEquals(
        run(format, EXPERTS, 100, 1000), run(format, slots, hostExperts, resumeEvery));
  }

  @ParameterizedTest(name = "{0}, {1} on the device")
  @CsvSource({"int8, 6", "int8, 2", "int4, 6", "int4, 2"})
  void expertsRestWhenTheyDoOnTheCpu(final String format, final int slots) {
    final DenseMoeSpec spec = spec(format);
    final CpuMoe cpu = new CpuMoe(MoeState.create(spec), new JavaProducts(), ROWS);
    final DeviceMoe device = DeviceMoeTest.open(MoeState.create(spec), Precision.FP32, ROWS, slots);
    final DenseBatch one = new DenseBatch(spec, ROWS, true);
    final DenseBatch other = new DenseBatch(spec, ROWS, true);
    int rested = 0;
    int woken = 0;
    for (int i = 0; i < STEPS; i++) {
      fill(one, i);
      fill(other, i);
      final int before = cpu.rest().resting();
      cpu.submit(one);
      device.submit(other);
      device.await(other);
      assertArrayEquals(one.load(), other.load(), "load in step " + i);
      assertArrayEquals(
          one.expertProbabilities(), other.expertProbabilities(), 5e-3f, "experts in step " + i);
      assertEquals(cpu.rest().resting(), device.rest().resting(), "at rest after step " + i);
      rested += cpu.rest().resting() > before ? 1 : 0;
      woken += cpu.rest().resting() < before ? 1 : 0;
      if (i % 13 == 12) {
        sameForms(cpu.state(), device.state());
      }
    }
    assertTrue(rested > 1 && woken > 0, rested + " times to rest, " + woken + " times awake");
    assertTrue(device.rest().hits() + device.rest().misses() > 5, device.rest().toString());
    assertEquals(
        cpu.rest().hits() + cpu.rest().misses(), device.rest().hits() + device.rest().misses());
  }

  private static void sameForms(final MoeState expected, final MoeState actual) {
    assertArrayEquals(expected.idle, actual.idle);
    for (int b = 0; b < expected.chunkCount(); b++) {
      assertEquals(expected.weights(b).resting(), actual.weights(b).resting(), "chunk " + b);
      assertEquals(expected.weights(b).steps, actual.weights(b).steps, "steps of chunk " + b);
      assertArrayEquals(
          expected.weights(b).unpacked(), actual.weights(b).unpacked(), 0.05f, "chunk " + b);
    }
  }

  @ParameterizedTest(name = "{0} after {1}, {2} on the host")
  @CsvSource({
    "EXECUTE, 0, 2", "EXECUTE, 61, 2", "EXECUTE, 150, 100", "FINISH, 40, 0", "FINISH, 111, 1.5",
    "READ, 300, 2", "READ, 280, 100", "EXCHANGE, 5, 1", "EXCHANGE, 20, 0", "EXCHANGE, 41, 100"
  })
  void theCpuTakesOverExpertsAtRestAndThoseInTheStore(
      final At at, final int good, final double hostExperts) {
    final DenseMoeSpec spec = spec("int8");
    final CpuMoe undisturbed = new CpuMoe(MoeState.create(spec), new JavaProducts(), ROWS);
    final FailingDevice[] failing = new FailingDevice[1];
    final EmulatedDevices devices =
        new EmulatedDevices(
            spec,
            2,
            device -> {
              failing[0] = new FailingDevice(device, at, good);
              return failing[0];
            });
    final DenseOptions options = options(hostExperts);
    final StoredChunks chunks = new StoredChunks();
    final DenseMoe layer =
        devices.layer(MoeState.create(spec, chunks, options.expertMemory()), options);
    final DenseBatch one = new DenseBatch(spec, ROWS, true);
    final DenseBatch other = new DenseBatch(spec, ROWS, true);
    for (int i = 0; i < STEPS; i++) {
      fill(one, i);
      fill(other, i);
      undisturbed.submit(one);
      layer.step(other);
      assertArrayEquals(one.load(), other.load(), "load in step " + i);
      assertArrayEquals(
          one.expertProbabilities(), other.expertProbabilities(), 5e-3f, "experts in step " + i);
      assertEquals(undisturbed.rest().resting(), layer.rest().resting(), "at rest, step " + i);
      if (i % 50 == 49) {
        chunks.save(layer);
      }
    }
    assertTrue(failing[0].failed() && failing[0].closed());
    assertTrue(layer.backend().startsWith("CPU"), layer.backend());
    layer.close();
  }
}

package dev.braid.experts.moe.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.device.Device.Grid;
import dev.braid.experts.moe.device.Device.Round;
import dev.braid.experts.moe.device.Device.Step;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.state.MoeState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The source of the kernels, compiled for the host by g++, does to device memory what their
 * emulation in Java does, from which the other tests conclude. Skipped where there is no g++.
 */
class CudaSourceTest {
  private static final int NAME_BYTES = 32;
  @TempDir static Path folder;

  @BeforeAll
  static void compile() throws IOException, InterruptedException {
    final int code;
    try {
      code =
          run(
              "g++",
              "-std=c++17",
              "-O1",
              "-ffp-contract=off",
              "-rdynamic",
              "-Isrc/test/cuda",
              "-Isrc/main/cuda",
              "-o",
              folder.resolve("host").toString(),
              "src/test/cuda/host.cpp",
              "-ldl");
    } catch (final IOException missing) {
      abort("no g++ here: " + missing.getMessage());
      return;
    }
    assertEquals(0, code, "g++");
  }

  private static int run(final String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  /** Launches of a layer's steps, with the memory before and after each. */
  private static final class Recording implements EmulatedDevice.Witness {
    private final DenseMoeSpec spec;
    private final DeviceLayout layout;
    private final ByteArrayOutputStream launches = new ByteArrayOutputStream();
    private final List<Kernel> kernels = new ArrayList<>();
    private final List<byte[]> after = new ArrayList<>();

    Recording(final DenseMoeSpec spec, final DeviceLayout layout) {
      this.spec = spec;
      this.layout = layout;
    }

    @Override
    public void saw(
        final Kernel kernel,
        final Step step,
        final Round round,
        final Grid grid,
        final byte[] before,
        final byte[] afterwards) {
      final ByteBuffer launch =
          ByteBuffer.allocate(NAME_BYTES + 16 + KernelParameter.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN);
      launch.put(kernel.function(layout.precision()).getBytes(StandardCharsets.US_ASCII));
      launch.position(NAME_BYTES);
      launch.putInt(grid.blocksX()).putInt(grid.blocksY());
      launch.putInt(grid.threadsX()).putInt(grid.threadsY());
      KernelParameter.fill(launch, layout, step, round, 0);
      launches.writeBytes(launch.array());
      launches.writeBytes(before);
      kernels.add(kernel);
      after.add(afterwards);
    }

    void compare() throws IOException, InterruptedException {
      final Path file = folder.resolve("launches");
      final Path result = folder.resolve("memory");
      final int bytes = after.get(0).length;
      final ByteBuffer head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      head.putInt(kernels.size()).putInt(bytes);
      try (var out = Files.newOutputStream(file)) {
        out.write(head.array());
        launches.writeTo(out);
      }
      assertEquals(0, run(folder.resolve("host") + "", file + "", result + ""), "host");
      final byte[] memory = Files.readAllBytes(result);
      assertEquals((long) bytes * kernels.size(), memory.length);
      for (int i = 0; i < kernels.size(); i++) {
        final ByteBuffer expected = ByteBuffer.wrap(after.get(i)).order(ByteOrder.LITTLE_ENDIAN);
        final ByteBuffer actual =
            ByteBuffer.wrap(Arrays.copyOfRange(memory, i * bytes, (i + 1) * bytes))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < bytes; at += 4) {
          final int one = expected.getInt(at);
          final int other = actual.getInt(at);
          assertTrue(
              same(one, other),
              () ->
                  "launch of "
                      + spec
                      + ": "
                      + Integer.toHexString(one)
                      + " is not "
                      + Integer.toHexString(other));
          if (!same(one, other)) {
            return;
          }
        }
      }
    }

    /** A word as an integer, a float, or two halves of one. */
    private static boolean same(final int one, final int other) {
      return one == other
          || close(one, other)
          || (close(one << 16, other << 16) && close(one & 0xffff0000, other & 0xffff0000));
    }

    private static boolean close(final int one, final int other) {
      final float a = Float.intBitsToFloat(one);
      final float b = Float.intBitsToFloat(other);
      final boolean numbers = Math.abs(a) > 1e-30f || Math.abs(b) > 1e-30f;
      return one == other || (numbers && Math.abs(a - b) <= 1e-6f + 2e-2f * Math.abs(a));
    }
  }

  private static Set<Kernel> compare(
      final DenseMoeSpec spec, final Precision precision, final int rows, final int slots)
      throws IOException, InterruptedException {
    final DeviceLayout layout = new DeviceLayout(spec, precision, rows, slots);
    final Recording recording = new Recording(spec, layout);
    final EmulatedDevice device = new EmulatedDevice(layout).tell(recording);
    final DeviceMoe layer = new DeviceMoe(MoeState.create(spec), layout, device);
    for (int i = 0; i < 2; i++) {
      final DenseBatch batch = new DenseBatch(spec, rows, true);
      Batches.fill(batch, Math.max(1, rows - 3 * i), 4, new SplittableRandom(i));
      layer.submit(batch);
      layer.await(batch);
    }
    recording.compare();
    return EnumSet.copyOf(recording.kernels);
  }

  @Test
  void everyKernelDoesWhatItsEmulationDoes() throws IOException, InterruptedException {
    final Set<Kernel> seen = EnumSet.noneOf(Kernel.class);
    for (final Precision precision : new Precision[] {Precision.FP32, Precision.BF16}) {
      seen.addAll(compare(DenseMoeSpec.of(5, 7, 3, 3, GateSpec.softmax(), 1), precision, 13, 3));
      seen.addAll(
          compare(DenseMoeSpec.of(3, 33, 35, 2, GateSpec.topK(1, 0.1), 1), precision, 9, 2));
      seen.addAll(
          compare(DenseMoeSpec.of(6, 5, 4, 40, GateSpec.sigmoid(3, 2, 0.1), 1), precision, 21, 7));
    }
    assertEquals(EnumSet.allOf(Kernel.class), seen);
  }
}

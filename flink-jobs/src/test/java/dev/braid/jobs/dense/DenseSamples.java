package dev.braid.jobs.dense;

import dev.braid.connectors.Event;
import dev.braid.experts.moe.state.ChunkStore;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.image.Sample;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.PackedParts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/** What the dense stage saves. */
public final class DenseSamples {
  private static final JobConfig CONFIG =
      DenseRows.config(
          "dense.layer",
          "gate=top-k(2)/balance(0.01),expert=mlp(9)+window(8)+film(6)*3,life=spawn(4,3),rest=int8,"
              + "rest-after=2,learning-rate=0.01",
          "dense.predictions",
          "experts");

  private DenseSamples() {}

  /** All of it. */
  public static List<Sample> all() {
    return List.of(new Sample("dense-stage", DenseSamples::make, DenseSamples::use));
  }

  private static byte[] make() {
    final List<Event> given = new ArrayList<>();
    try (DenseStage stage = open(new Chunks(), Steps.here(), given)) {
      add(stage, 0, 103);
      stage.flush();
      return Sample.image(stage);
    }
  }

  private static double[] use(final byte[] image) {
    try {
      return used(image);
    } catch (final IllegalStateException otherLayer) {
      // What a savepoint of another configuration ends in.
      if (otherLayer.getMessage().contains("but the configuration asks for")) {
        throw new MalformedImageException(otherLayer.getMessage());
      }
      throw otherLayer;
    }
  }

  private static double[] used(final byte[] image) {
    final PackedParts parts = Sample.parts(image);
    final Chunks chunks = new Chunks();
    for (int c = 0; c < parts.chunkCount(0); c++) {
      chunks.write(c, new ImageWriter().putRaw(parts.chunk(0, c).rest()).toByteArray());
    }
    final List<Event> given = new ArrayList<>();
    try (DenseStage stage = open(chunks, Steps.here(), given)) {
      add(stage, 103, 17);
      stage.flush();
    }
    return given.stream().flatMapToDouble(event -> Arrays.stream(event.numbers())).toArray();
  }

  private static void add(final DenseStage stage, final int from, final int events) {
    for (int i = from; i < from + events; i++) {
      stage.add(DenseRows.event(i, ""), stage.classIndex(DenseRows.label(i)));
    }
  }

  private static DenseStage open(
      final ChunkStore chunks, final Steps steps, final List<Event> given) {
    return DenseStage.open(
        CONFIG,
        chunks,
        CONFIG.dense().options(0),
        steps,
        new DenseMetrics(new UnregisteredMetricsGroup()),
        given::add);
  }

  /** Chunks in a map. */
  private static final class Chunks implements ChunkStore {
    private final Map<Integer, byte[]> images = new HashMap<>();

    @Override
    public byte[] read(final int chunk) {
      return images.get(chunk);
    }

    @Override
    public void write(final int chunk, final byte[] image) {
      images.put(chunk, image);
    }
  }
}

package dev.braid.benchmarks.dense;

import dev.braid.connectors.stream.StreamOptions;
import dev.braid.connectors.stream.StreamSpec;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import dev.braid.experts.Probabilities;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.expert.DenseMoeExpert;
import dev.braid.experts.moe.spec.LayerSpec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What experts at rest cost: the dense layer as a learner of its own over the streams of the drift
 * benchmark, each event predicted first and learned from then, with experts that never rest and
 * with ones that rest in 8 and 4 bits. From the root of the project:
 *
 * <pre>
 * mvn -q -Pdense-rest -pl benchmarks -am process-classes -Ddata=FOLDER
 * </pre>
 */
public final class RestTable {
  private static final List<String> STREAMS =
      List.of("led_a", "led_g", "sea_a", "sea_g", "rbf_m", "rbf_f", "elec", "airl", "covt");

  private static final int EVENTS = 30_000;
  private static final int EXPERTS = 16;
  private static final int REST_AFTER = 100;

  /** Of the generators and of the layer. */
  private static final long SEED = 1;

  private RestTable() {}

  /** How a layer went over a stream. */
  private record Outcome(double accuracy, RestFigures rest) {}

  /**
   * Prints the table.
   *
   * @param args the folder of the real streams
   */
  public static void main(final String[] args) {
    if (args.length != 1) {
      System.err.println("usage: RestTable FOLDER, where the files of the real streams are");
      System.exit(2);
    }
    final StreamOptions options = StreamOptions.DEFAULT.withData(Path.of(args[0]));
    System.out.println(
        "| stream | 32 bits | int8 | int4 | bytes | int8 | int4 | at rest, int4 | hits, int4 |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    for (final String stream : STREAMS) {
      final Map<String, Outcome> outcomes = new HashMap<>();
      for (final String format : List.of("none", "int8", "int4")) {
        try (InstanceSource source = StreamSpec.parse(stream, options).open(SEED, EVENTS)) {
          outcomes.put(format, run(source, format));
        }
      }
      print(stream, outcomes);
    }
  }

  private static Outcome run(final InstanceSource source, final String format) {
    final LayerSpec layer =
        LayerSpec.parse(
            "gate=top-k(2),expert=mlp*"
                + EXPERTS
                + ",rest="
                + format
                + ",rest-after="
                + REST_AFTER);
    Schema schema = source.schema();
    final DenseMoeExpert network = new DenseMoeExpert(schema, layer, SEED);
    double[] probabilities = new double[schema.classCount()];
    int events = 0;
    int right = 0;
    for (Instance next = source.next(); next != null && events < EVENTS; next = source.next()) {
      if (!source.schema().equals(schema)) {
        schema = source.schema();
        network.grow(schema);
        probabilities = new double[schema.classCount()];
      }
      network.predict(next.x(), probabilities);
      right += Probabilities.argMax(probabilities) == next.label() ? 1 : 0;
      network.learn(next.x(), next.label(), 1);
      events++;
    }
    return new Outcome(100.0 * right / events, network.rest());
  }

  private static void print(final String stream, final Map<String, Outcome> outcomes) {
    final Outcome none = outcomes.get("none");
    final Outcome eight = outcomes.get("int8");
    final Outcome four = outcomes.get("int4");
    System.out.printf(
        "| %s | %.2f | %.2f | %.2f | %,d | %,d | %,d | %d of %d | %d of %d |%n",
        stream,
        none.accuracy(),
        eight.accuracy(),
        four.accuracy(),
        none.rest().weightBytes(),
        eight.rest().weightBytes(),
        four.rest().weightBytes(),
        four.rest().resting(),
        EXPERTS,
        four.rest().hits(),
        four.rest().hits() + four.rest().misses());
  }
}

package dev.braid.connectors.stream;

import dev.braid.data.InstanceSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Four concepts that follow each other (MOA's ConceptDriftStream around its generators), with the
 * positions and widths at which the DriftMoE paper's program puts the changes.
 *
 * @param changes the three changes in a stream of {@link #LENGTH} events; they scale with the
 *     length
 */
record DriftingStream(String name, Concept concept, List<DriftPoint> changes)
    implements StreamSpec {
  static final long LENGTH = 1_000_000;

  static final List<DriftPoint> ABRUPT =
      List.of(
          new DriftPoint(249_975, 50), new DriftPoint(499_975, 50), new DriftPoint(749_975, 50));
  static final List<DriftPoint> GRADUAL =
      List.of(
          new DriftPoint(225_000, 50_000),
          new DriftPoint(475_000, 50_000),
          new DriftPoint(725_000, 50_000));

  /** What the stream is made of, and how its four concepts differ. */
  enum Concept {
    /** Digits on a seven-segment display, 10 % of the segments wrong; attributes that swap. */
    LED("generators.LEDGeneratorDrift -n 10 -d ", "1357"),
    /** A sum of two attributes against a threshold, 10 % of the labels wrong. */
    SEA("generators.SEAGenerator -n 10 -f ", "1241");

    private final String generator;

    /** The option that distinguishes the concepts, one digit each. */
    private final String variants;

    Concept(final String generator, final String variants) {
      this.generator = generator;
      this.variants = variants;
    }

    String commandLine(final int variant, final long seed) {
      return generator + variants.charAt(variant) + " -i " + seed;
    }
  }

  @Override
  public long length() {
    return LENGTH;
  }

  @Override
  public InstanceSource open(final long seed, final long records) {
    final List<DriftPoint> points = driftPoints(records);
    String commandLine = concept.commandLine(0, seed);
    for (int i = 0; i < points.size(); i++) {
      commandLine =
          "ConceptDriftStream -s ("
              + commandLine
              + ") -d ("
              + concept.commandLine(i + 1, seed)
              + ") -p "
              + points.get(i).position()
              + " -w "
              + points.get(i).width();
    }
    return new LimitedSource(MoaStream.open(commandLine), records < 0 ? LENGTH : records);
  }

  @Override
  public List<DriftPoint> driftPoints(final long records) {
    final double scale = records < 0 ? 1 : (double) records / LENGTH;
    final List<DriftPoint> scaled = new ArrayList<>(changes.size());
    for (final DriftPoint change : changes) {
      scaled.add(
          new DriftPoint(
              Math.round(change.position() * scale),
              Math.max(1, Math.round(change.width() * scale))));
    }
    return List.copyOf(scaled);
  }
}

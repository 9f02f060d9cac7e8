package dev.braid.experts;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.spec.Described;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageReader;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A kind of expert in the registry {@link Experts#REGISTRY}. A subclass with a public constructor
 * without parameters, named in {@code META-INF/services/dev.braid.experts.ExpertKind}, is all that
 * a new kind needs beside the expert itself.
 */
public abstract class ExpertKind extends Described {
  private final Opener opener;
  private final Reader reader;

  /** Makes an untrained expert. */
  public interface Opener {
    /**
     * @param seed of what is random in the expert
     * @throws IllegalArgumentException with one sentence, if the options cannot be met
     */
    Expert open(Options options, Schema schema, long seed);
  }

  /** Makes an expert from its saved chunks. */
  public interface Reader {
    Expert read(Schema schema, int chunkCount, IntFunction<ImageReader> chunks);
  }

  /**
   * @param name as {@link Expert#kind()} says it
   * @param description one sentence on what it is
   */
  protected ExpertKind(
      final String name,
      final String description,
      final List<Option> options,
      final Opener opener,
      final Reader reader) {
    super(name, description, options);
    this.opener = opener;
    this.reader = reader;
  }

  /** What such an expert is called in predictions and metrics; a pool numbers those of one name. */
  public String label(final Options chosen) {
    return name();
  }

  /** Whether it is trained by gradients: such experts draw from random streams of their own. */
  public boolean isNetwork() {
    return false;
  }

  /** Whether it can predict such a target; unless a kind says otherwise, classes alone. */
  public boolean predicts(final Target target) {
    return target instanceof Target.Classes;
  }

  /** What it is, and what it predicts. */
  @Override
  public final String description() {
    final boolean classes = predicts(new Target.Classes(List.of()));
    final boolean numbers = predicts(new Target.Quantity());
    return super.description()
        + (classes && numbers
            ? " Predicts classes and numbers."
            : numbers ? " Predicts numbers." : " Predicts classes.");
  }

  final Expert open(final Options chosen, final Schema schema, final long seed) {
    if (!predicts(schema.target())) {
      throw new IllegalArgumentException(
          "expert '"
              + name()
              + "' cannot predict "
              + (schema.target() instanceof Target.Quantity ? "a number" : "classes"));
    }
    return opener.open(chosen, schema, seed);
  }

  final Expert read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    return reader.read(schema, chunkCount, chunks);
  }
}

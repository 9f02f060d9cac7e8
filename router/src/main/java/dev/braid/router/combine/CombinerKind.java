package dev.braid.router.combine;

import dev.braid.data.Target;
import dev.braid.spec.Described;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.List;
import java.util.function.Function;

/**
 * A kind of combiner in the registry {@link Chain#REGISTRY}. A subclass with a public constructor
 * without parameters, named in {@code META-INF/services/dev.braid.router.combine.CombinerKind}, is
 * all that a new kind needs beside the combiner itself.
 */
public abstract class CombinerKind extends Described {
  private final Function<Options, Opener> reading;

  /** Makes an untrained combiner of options that were read. */
  public interface Opener {
    /**
     * @param members how many predict
     * @param width values of one prediction
     * @param seed of what is random in it
     */
    Combiner open(int members, int width, long seed);
  }

  /**
   * @param name as users write it
   * @param description one sentence on what it is
   * @param reading reads the options, once for all combiners of one text; throws
   *     IllegalArgumentException with one sentence if they cannot be met
   */
  protected CombinerKind(
      final String name,
      final String description,
      final List<Option> options,
      final Function<Options, Opener> reading) {
    super(name, description, options);
    this.reading = reading;
  }

  /** Whether it can combine predictions of such a target; unless a kind says otherwise, classes. */
  public boolean combines(final Target target) {
    return target instanceof Target.Classes;
  }

  final Opener of(final Options chosen) {
    return reading.apply(chosen);
  }

  final void requireCombines(final Target target) {
    if (!combines(target)) {
      throw new IllegalArgumentException("combiner '" + name() + "' cannot predict a number");
    }
  }
}

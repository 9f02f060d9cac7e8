package dev.braid.router.combine;

import dev.braid.data.Target;
import dev.braid.spec.Described;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.List;

/**
 * A kind of combiner in the registry {@link Chain#REGISTRY}. A subclass with a public constructor
 * without parameters, named in {@code META-INF/services/dev.braid.router.combine.CombinerKind}, is
 * all that a new kind needs beside the combiner itself.
 */
public abstract class CombinerKind extends Described {
  private final Opener opener;

  /** Makes an untrained combiner. */
  public interface Opener {
    /**
     * @param members how many predict
     * @param width values of one prediction
     * @param seed of what is random in it
     * @throws IllegalArgumentException with one sentence, if the options cannot be met
     */
    Combiner open(Options options, int members, int width, long seed);
  }

  /**
   * @param name as users write it
   * @param description one sentence on what it is
   */
  protected CombinerKind(
      final String name,
      final String description,
      final List<Option> options,
      final Opener opener) {
    super(name, description, options);
    this.opener = opener;
  }

  /** Whether it can combine predictions of such a target; unless a kind says otherwise, classes. */
  public boolean combines(final Target target) {
    return target instanceof Target.Classes;
  }

  final Combiner open(
      final Options chosen, final int members, final Target target, final long seed) {
    if (!combines(target)) {
      throw new IllegalArgumentException("combiner '" + name() + "' cannot predict a number");
    }
    return opener.open(chosen, members, target.width(), seed);
  }
}

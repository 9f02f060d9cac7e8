package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.spec.Described;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.List;

/**
 * A kind of learner in the registry {@link Presets#REGISTRY}. A subclass with a public constructor
 * without parameters, named in {@code META-INF/services/dev.braid.router.Preset}, is all that a new
 * preset needs beside the learner itself.
 */
public abstract class Preset extends Described {
  private final List<Option> own;
  private final Opener opener;
  private final Reader reader;

  /** Makes an untrained learner. */
  public interface Opener {
    /**
     * @throws IllegalArgumentException with one sentence, if the options cannot be met
     */
    Learner open(LearnerSpec spec, Options options, Schema schema);
  }

  /** Makes a learner from its saved parts. */
  public interface Reader {
    Learner read(SavedLearner saved, Options options);
  }

  /**
   * @param name as {@link LearnerSpec#preset()} says it
   * @param description one sentence on what it is
   * @param options its own; those that all presets have come by themselves
   */
  protected Preset(
      final String name,
      final String description,
      final List<Option> options,
      final Opener opener,
      final Reader reader) {
    super(name, description, Youth.with(Objective.with(options)));
    own = options;
    this.opener = opener;
    this.reader = reader;
  }

  /** Whether it can predict such a target. */
  public boolean predicts(final Target target) {
    return target instanceof Target.Classes || onlyClasses().isEmpty();
  }

  /** Why it predicts classes alone, as a clause; empty if it predicts numbers too. */
  protected abstract String onlyClasses();

  /** Its options where such a target is predicted: a default may be another for a number. */
  public final List<Option> options(final Target target) {
    return Youth.with(Objective.with(own(target)));
  }

  /** Its own of them. */
  protected List<Option> own(final Target target) {
    return own;
  }

  /**
   * How the experts of its learners work apart from each other.
   *
   * @throws IllegalArgumentException with one clause that says why they cannot, for a preset that
   *     says nothing else
   */
  protected Divisible division() {
    throw new IllegalArgumentException("not all its experts predict and learn every event");
  }

  final Learner open(final LearnerSpec spec, final Options chosen, final Schema schema) {
    return opener.open(spec, chosen, schema);
  }

  final Learner read(final SavedLearner saved, final Options chosen) {
    return reader.read(saved, chosen);
  }

  /** Whether a saved learner may go on where an option's text was one and is the other. */
  protected boolean mayChange(final Option option, final String saved, final String now) {
    return option.mayChange(saved, now);
  }
}

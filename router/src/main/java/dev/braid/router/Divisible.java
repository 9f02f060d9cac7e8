package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.spec.Options;
import java.util.List;

/**
 * What a preset says of its learners where their experts can work apart from each other: all of
 * them predict and learn every event, and what combines them sees their predictions alone.
 */
public interface Divisible {

  /** Names of the models outside whose predictions come with the events. */
  List<String> external(Options options);

  /** Which experts rest. */
  RestPolicy resting(Options options);

  /**
   * Opens the untrained experts.
   *
   * @throws IllegalArgumentException with one sentence, if the options cannot be met
   */
  Pool pool(LearnerSpec spec, Options options, Schema schema);

  /** Opens what combines them, untrained. */
  Combination combination(LearnerSpec spec, Options options, int members, Target target);

  /** The same as it was saved, as part 1. */
  Combination combination(SavedLearner saved, Options options, int members);

  /** Opens an untrained learner whose experts work on several threads. */
  ParallelLearner parallel(LearnerSpec spec, Options options, Schema schema, int threads);
}

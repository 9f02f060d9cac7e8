package dev.braid.jobs.sql;

import dev.braid.router.Learner;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.util.ServiceLoader;

/**
 * Where a learner comes from that may be replaced by another at any time. Used by one thread; what
 * it opens is closed by {@link #close}.
 */
public interface ModelSource extends Serializable, Closeable {

  /**
   * The learner that is there now.
   *
   * @throws IOException with one sentence, if there is none
   */
  Learner open() throws IOException;

  /** Another learner if there is one since, else null; one in use stays in use. */
  Learner another();

  /** Says, once for each reason, why the learner stays what it is. */
  void keep(String reason);

  /** Where learners come from: found as a service, by what the place begins with. */
  interface Kind {

    /** Of the places, as {@code kafka}. */
    String scheme();

    /**
     * Opens nothing yet.
     *
     * @param reloadMillis time between two looks, 0 for never again
     * @throws IllegalArgumentException with one sentence, if this is no such place
     */
    ModelSource of(String place, long reloadMillis);
  }

  /**
   * What a place means; a file unless its scheme is that of another kind.
   *
   * @throws IllegalArgumentException with one sentence, if this is no such place
   */
  static ModelSource of(final String place, final long reloadMillis) {
    for (final Kind kind : ServiceLoader.load(Kind.class, ModelSource.class.getClassLoader())) {
      if (place.startsWith(kind.scheme() + ':')) {
        return kind.of(place, reloadMillis);
      }
    }
    return new ModelImage(place, reloadMillis);
  }
}

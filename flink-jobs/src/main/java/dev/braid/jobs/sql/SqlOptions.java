package dev.braid.jobs.sql;

import dev.braid.jobs.config.ConfigException;
import dev.braid.jobs.config.LearnerConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * The options of the SQL function: keys of a {@link LearnerConfig} with their values, {@code
 * 'model.preset = tame; model.seed = 7'}, and one of its own.
 *
 * @param imageEvery records of a model between two of its images
 */
record SqlOptions(LearnerConfig learner, long imageEvery) {
  /**
   * How often a model is written as a whole: rarely enough to cost little beside learning, often
   * enough that what came since is learned again within a tenth of a second.
   */
  static final long IMAGE_EVERY = 5_000;

  private static final String IMAGE_EVERY_KEY = "sql.image-every";

  private static final String TARGET_KEY = "schema.target";

  /** What needs a clock of the job's own, which a SQL function does not have. */
  private static final String[] NOT_IN_SQL = {"state.deduplicate-for", "state.pack-below"};

  /**
   * Reads options as they were given.
   *
   * @param text null for none
   * @param labels the type of the column with the labels, which says what is predicted where the
   *     options do not: a number with a fraction, or a class
   * @throws ConfigException with one sentence that names what is wrong
   */
  static SqlOptions parse(final String text, final LogicalType labels) {
    final Map<String, String> values = new LinkedHashMap<>();
    for (final String pair : (text == null ? "" : text).split(";")) {
      if (!pair.isBlank()) {
        final int equals = pair.indexOf('=');
        if (equals < 0) {
          throw new ConfigException(
              "The options of BRAID have '"
                  + pair.strip()
                  + "', which is no 'key = value'; pairs are separated by semicolons.");
        }
        final String key = pair.substring(0, equals).strip();
        if (values.put(key, pair.substring(equals + 1).strip()) != null) {
          throw new ConfigException("The options of BRAID have '" + key + "' twice.");
        }
      }
    }
    for (final String key : NOT_IN_SQL) {
      if (values.containsKey(key)) {
        throw new ConfigException(
            "Configuration key '"
                + key
                + "' is not for SQL: a function has no clock of the job's own, by which it could do"
                + " what a replay does too.");
      }
    }
    if (labels.is(LogicalTypeFamily.APPROXIMATE_NUMERIC) || labels.is(LogicalTypeRoot.DECIMAL)) {
      values.putIfAbsent(TARGET_KEY, "numeric");
    }
    final String every = values.remove(IMAGE_EVERY_KEY);
    return new SqlOptions(LearnerConfig.of(values), every == null ? IMAGE_EVERY : every(every));
  }

  /**
   * @param timed whether the rows have a time
   * @throws ConfigException if there is something that goes by it, and they have none
   */
  SqlOptions require(final boolean timed) {
    if (!timed && !learner.state().expireAfter().isZero()) {
      throw new ConfigException(
          "Configuration key 'state.expire-after' needs the argument 'on_time' of BRAID: by the rows'"
              + " time a replay drops the same models.");
    }
    return this;
  }

  private static long every(final String text) {
    try {
      final long every = Long.parseLong(text);
      if (every >= 1) {
        return every;
      }
    } catch (final NumberFormatException none) {
      // Said below.
    }
    throw new ConfigException(
        "Configuration key '"
            + IMAGE_EVERY_KEY
            + "' cannot be '"
            + text
            + "': it takes a whole number, 1 or more.");
  }
}

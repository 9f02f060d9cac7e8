package dev.braid.experts.moe.spec;

import dev.braid.experts.moe.Kind;
import java.util.Objects;

/**
 * Experts of one kind.
 *
 * @param count 1 or more
 */
public record Members(Kind kind, int count) {
  public Members {
    Objects.requireNonNull(kind, "kind");
    if (count < 1) {
      throw new IllegalArgumentException("a layer needs 1 or more experts");
    }
  }

  /** The same with sizes chosen where they were left to the number of inputs. */
  Members sized(final int inputs) {
    return new Members(kind.sized(inputs), count);
  }

  /** As it would be written. */
  public String text() {
    return count == 1 ? kind.text() : kind.text() + "*" + count;
  }
}

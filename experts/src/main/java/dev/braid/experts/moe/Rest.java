package dev.braid.experts.moe;

import java.io.Serializable;
import java.util.Objects;

/**
 * When an expert goes to rest, and in what form. An expert that no labelled row was sent to for a
 * while gives up Adam's moments, and its weights are rounded to few bits (MoQE, Kim et al. 2023: of
 * a mixture's weights those of its experts bear it best). It still answers. The first labelled row
 * that is sent to it wakes it: it learns on in 32 bits from the rounded weights.
 *
 * <p>Steps decide, and nothing else does: neither saving nor memory changes a number.
 *
 * @param format of the weights of an expert at rest
 * @param afterSteps training steps of the layer without a row for the expert, 1 or more
 */
public record Rest(Format format, int afterSteps) implements Serializable {
  /** Experts never rest. */
  public static final Rest NONE = new Rest(Format.NONE, 1);

  /** Form of the weights at rest. */
  public enum Format {
    /** No expert rests. */
    NONE(0),
    /** Eight bits a weight. */
    INT8(8),
    /** Four bits a weight. */
    INT4(4);

    private final int bits;

    Format(final int bits) {
      this.bits = bits;
    }

    /** Bits of a weight, 0 for {@link #NONE}. */
    public int bits() {
      return bits;
    }
  }

  public Rest {
    Objects.requireNonNull(format, "format");
    if (afterSteps < 1) {
      throw new IllegalArgumentException("experts cannot rest after " + afterSteps + " steps");
    }
  }

  /** Whether experts ever rest. */
  public boolean enabled() {
    return format != Format.NONE;
  }
}

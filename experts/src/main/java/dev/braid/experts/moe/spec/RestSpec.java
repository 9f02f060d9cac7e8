package dev.braid.experts.moe.spec;

import dev.braid.experts.moe.Codec;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.rest.Codecs;
import dev.braid.spec.Term;

/**
 * When an expert goes to rest, and in what form. An expert that no labelled row was sent to for a
 * while gives up Adam's moments, and its weights are packed. It still answers. The first labelled
 * row that is sent to it wakes it: it learns on in 32 bits from what the packed weights say.
 *
 * <p>Steps decide, and nothing else does: neither saving nor memory changes a number.
 *
 * @param codec form of the weights of an expert at rest; null if none ever rests
 * @param afterSteps training steps of the layer without a row for the expert, 1 or more
 */
public record RestSpec(Codec codec, int afterSteps) {
  /** Experts never rest. */
  public static final RestSpec NONE = new RestSpec(null, 1);

  private static final String NO_REST = "none";

  public RestSpec {
    if (afterSteps < 1) {
      throw new IllegalArgumentException("experts cannot rest after " + afterSteps + " steps");
    }
  }

  /**
   * Rest in a form that is given as text.
   *
   * @param codec {@code none}, or a word of {@link Codecs}
   * @throws IllegalArgumentException with one sentence, if there is no such form
   */
  public static RestSpec of(final String codec, final int afterSteps) {
    final Term term = Term.parse(codec);
    return term.name().equals(NO_REST)
        ? NONE
        : new RestSpec(Word.make(Codecs.ALL, term), afterSteps);
  }

  /** Whether experts ever rest. */
  public boolean enabled() {
    return codec != null;
  }

  /** The form as it would be written. */
  public String text() {
    return enabled() ? codec.text() : NO_REST;
  }
}

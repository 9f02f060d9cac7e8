package dev.braid.experts.moe.combine;

import dev.braid.experts.moe.Combine;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Words;
import dev.braid.spec.Registry;
import java.util.List;

/** Ways to combine experts by their words. */
public final class Combines {
  public static final Registry<Word<Combine>> ALL =
      Words.registry(
          "way to combine",
          List.of(
              WeightedSum.WORD,
              Contrast.WORD,
              Agree.WORD,
              Merge.WORD,
              LeaveOneOut.WORD,
              Cascade.WORD,
              Distil.WORD),
          Words::combines);

  private Combines() {}
}

package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Registry;
import java.util.List;

/** The parts of gates by their words. */
public final class Gates {
  /** What rates a row's experts. */
  public static final Registry<Word<Score>> SCORES =
      new Registry<>("score", List.of(LinearScore.WORD, CosineScore.WORD, SimilarScore.WORD));

  /** What chooses and weighs them. */
  public static final Registry<Word<Assign>> ASSIGNS =
      new Registry<>(
          "assignment",
          List.of(Softmax.WORD, TopK.WORD, SigmoidTopK.WORD, TopP.WORD, ExpertChoice.WORD));

  /** Further losses. */
  public static final Registry<Word<Penalty>> PENALTIES =
      new Registry<>("penalty", List.of(Balance.WORD, Entropy.WORD));

  private Gates() {}
}
